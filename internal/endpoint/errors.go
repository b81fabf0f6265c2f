package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"jiqiao"
)

// Kind is what went wrong.
type Kind string

// The kinds.
const (
	Unreachable  Kind = "unreachable"
	Timeout      Kind = "timeout"
	RateLimited  Kind = "rate_limited"
	ServerFault  Kind = "server_fault"
	Garbled      Kind = "garbled"      // cut off, or no JSON
	WrongAnswer  Kind = "wrong_answer" // too few, NaN, without direction
	Resting      Kind = "resting"      // left alone after failures
	Unauthorized Kind = "unauthorized"
	NotFound     Kind = "not_found" // no such model, or no such path
	Refused      Kind = "refused"   // this request alone: too long, for one
	WrongLength  Kind = "wrong_length"
)

// attempts is how often a request is sent before that is its outcome.
func (k Kind) attempts() int {
	switch k {
	case Unauthorized, NotFound, Refused, WrongLength, Resting:
		return 1
	case WrongAnswer:
		return 2 // it mostly depends on the text
	default:
		return Attempts
	}
}

// down says that the server is better left alone for a while. One that answers, if wrongly, is not down.
func (k Kind) down() bool {
	switch k {
	case Unreachable, Timeout, RateLimited, ServerFault, Garbled:
		return true
	default:
		return false
	}
}

// message is what is wrong and what to do, in Chinese.
func (k Kind) message(model string) string {
	switch k {
	case Unreachable:
		return "连不上模型服务，请检查地址是否正确、服务是否已启动、防火墙是否放行"
	case Timeout:
		return "模型服务在时限内没有回答，请检查其负载，或换用更小的模型、减小批量"
	case RateLimited:
		return "模型服务限制了请求频率，系统会放慢重试；如经常出现，请调低每秒请求数或提高配额"
	case ServerFault:
		return "模型服务内部出错，请查看该服务的日志"
	case Garbled:
		return "模型服务的回答不完整或不是 JSON，请确认地址指向兼容 OpenAI 的接口（通常以 /v1 结尾）"
	case WrongAnswer:
		return "模型服务返回的结果不可用，请确认模型与接口用途相符"
	case Resting:
		return "连续出错，暂停访问，稍后自动再试"
	case Unauthorized:
		return "模型服务拒绝了密钥，请检查密钥是否正确、是否过期、是否有权使用模型 " + model
	case NotFound:
		return "模型服务没有名为 " + model + " 的模型，或地址有误；请核对模型名称，地址通常以 /v1 结尾"
	case WrongLength:
		return "向量维数与设置不符，请核对模型名称与 embedding_dimensions"
	default:
		return "模型服务不接受这次请求，请检查文本长度上限与参数"
	}
}

const ownRateMessage = "已达到设置的每秒请求数，本次不再等待"

// Error is a failed request.
type Error struct {
	Kind Kind
	// Message is what is wrong and what to do, in Chinese; it holds neither key nor text sent.
	Message string
	// RetryAfter is when to come back, 0 when unknown.
	RetryAfter time.Duration
	cause      error
}

func (e *Error) Error() string {
	if e.cause == nil {
		return "endpoint: " + string(e.Kind) + ": " + e.Message
	}
	return "endpoint: " + string(e.Kind) + ": " + e.Message + ": " + e.cause.Error()
}

// Unwrap gives callers the *jiqiao.Error that they may show.
func (e *Error) Unwrap() error { return jiqiao.Fail(jiqiao.CodeUnavailable, e.Message, e.cause) }

// faultOf is err as an Error; nil for nil and for what no server is to blame for.
func faultOf(err error) *Error {
	var fault *Error
	if errors.As(err, &fault) {
		return fault
	}
	return &Error{Kind: Unreachable, cause: err}
}

// explain says what an error of the library means.
func (c *Client) explain(err error, heard *note) *Error {
	if err == nil {
		return nil
	}
	var fault *Error
	if errors.As(err, &fault) {
		return fault
	}
	fault = &Error{Kind: kindOf(err), cause: shorten(err)}
	fault.Message = fault.Kind.message(c.cfg.Model)
	if fault.Kind == RateLimited || fault.Kind == ServerFault {
		fault.RetryAfter = retryAfter(heard.retryAfter, c.cfg.Now())
	}
	return fault
}

func kindOf(err error) Kind {
	var api *openai.APIError
	var request *openai.RequestError
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	var network net.Error
	switch {
	case errors.As(err, &api):
		if code, ok := api.Code.(string); ok && strings.Contains(strings.ToLower(code), "model") && strings.Contains(strings.ToLower(code), "not") {
			return NotFound // model_not_found, ModelNotFound: some say so with 400
		}
		return kindOfStatus(api.HTTPStatusCode)
	case errors.As(err, &request):
		return kindOfStatus(request.HTTPStatusCode)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return Timeout
	case errors.As(err, &syntax), errors.As(err, &mismatch), isCutOff(err):
		return Garbled
	default:
		return Unreachable
	}
}

func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusPaymentRequired:
		return Unauthorized
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return NotFound
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return Timeout
	}
	if status >= http.StatusInternalServerError {
		return ServerFault
	}
	return Refused
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3); 0 for what is neither.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// maxCause bounds what of a server's words goes into a log.
const maxCause = 300

// shorten keeps an error's first words: some servers repeat the whole request, and so people's texts, in theirs.
func shorten(err error) error {
	if text := err.Error(); len(text) > maxCause {
		return fmt.Errorf("%s…", strings.ToValidUTF8(text[:maxCause], ""))
	}
	return err
}
