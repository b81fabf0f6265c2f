package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// failure is why a message did not arrive. Reason is Chinese, for the operator, and never names the address: those of bots
// are secrets. err is for the log and likewise without it.
type failure struct {
	reason string
	// final does not pass by itself.
	final bool
	// later is how long the target asks to be left alone; such an attempt does not count.
	later time.Duration
	err   error
}

func (f *failure) Error() string {
	if f.err != nil {
		return f.reason + ": " + f.err.Error()
	}
	return f.reason
}

func (f *failure) Unwrap() error { return f.err }

func temporary(reason string, err error) *failure { return &failure{reason: reason, err: err} }
func final(reason string, err error) *failure     { return &failure{reason: reason, err: err, final: true} }
func throttled(reason string, later time.Duration) *failure {
	return &failure{reason: reason, later: later}
}

// asFailure is err as a failure; one of no other kind passes by itself, perhaps.
func asFailure(err error) *failure {
	var f *failure
	var network net.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return temporary("对方在时限内没有响应", errTimeout)
	default:
		return temporary("发送时出错，请查看服务日志", err)
	}
}

var errTimeout = errors.New("timed out")

// statusFailure reads the status of an HTTP answer; nil for 2xx.
func statusFailure(res *http.Response, now time.Time) *failure {
	status := res.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
		return throttled("对方限制了发送频率", retryAfter(res.Header.Get("Retry-After"), now))
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500:
		return temporary(fmt.Sprintf("对方服务出错（HTTP %d）", status), nil)
	case status >= 300 && status < 400:
		return final(fmt.Sprintf("对方要求转到别的地址（HTTP %d），已拒绝；请填写最终地址", status), nil)
	default:
		return final(fmt.Sprintf("对方拒绝接收（HTTP %d），请检查地址与密钥", status), nil)
	}
}

const (
	minPause = time.Minute
	maxPause = time.Hour
)

// retryAfter reads the header in both of its forms, within bounds.
func retryAfter(header string, now time.Time) time.Duration {
	pause := minPause
	if n, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		pause = time.Duration(min(max(n, 0), int(maxPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		pause = at.Sub(now)
	}
	return min(max(pause, time.Second), maxPause)
}
