package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

const (
	jsonType        = "application/json; charset=utf-8"
	internalMessage = "服务器内部错误，请稍后再试；若一直如此，请把 X-Request-ID 告诉管理员"
)

var statusOf = map[jiqiao.Code]int{
	jiqiao.CodeInvalid:         http.StatusBadRequest,
	jiqiao.CodeUnauthorized:    http.StatusUnauthorized,
	jiqiao.CodeForbidden:       http.StatusForbidden,
	jiqiao.CodeNotFound:        http.StatusNotFound,
	jiqiao.CodeConflict:        http.StatusConflict,
	jiqiao.CodePrecondition:    http.StatusPreconditionRequired,
	jiqiao.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	jiqiao.CodeUnsupported:     http.StatusUnsupportedMediaType,
	jiqiao.CodeTooManyRequests: http.StatusTooManyRequests,
	jiqiao.CodeUnavailable:     http.StatusServiceUnavailable,
	jiqiao.CodeTimeout:         http.StatusGatewayTimeout,
	jiqiao.CodeInternal:        http.StatusInternalServerError,
}

// handle runs h and answers with its error.
func (s *Server) handle(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.noteDenied(c, err)
			s.fail(c, err)
		}
	}
}

// fail answers with what a caller may be told of err, and logs what may not be told.
func (s *Server) fail(c *gin.Context, err error) {
	if c.Writer.Written() {
		s.log.Error("answer cut short", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
		panic(http.ErrAbortHandler) // the only way left to tell the client that what it has is not whole
	}
	told := tell(c.Request.Context(), err)
	if told.Code == jiqiao.CodeInternal || told.Code == jiqiao.CodeUnavailable || told.Code == jiqiao.CodeTimeout {
		s.log.Error("request failed", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "code", told.Code, "error", err)
	}
	writeError(c, told)
}

// tell picks the Error in err's chain, and a plain one where there is none: text that was not written for the caller
// never leaves.
func tell(ctx context.Context, err error) *jiqiao.Error {
	var told *jiqiao.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return jiqiao.Fail(jiqiao.CodeTooLarge, "内容过大，上限为 "+bytesLabel(tooLarge.Limit), nil)
	case errors.As(err, &told) && told.Code != jiqiao.CodeInternal:
		return told
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded):
		return jiqiao.Fail(jiqiao.CodeTimeout, "处理超时，请缩小范围或稍后再试", nil)
	case errors.Is(err, context.Canceled):
		return jiqiao.Fail(jiqiao.CodeUnavailable, "请求已取消", nil)
	default:
		return jiqiao.Fail(jiqiao.CodeInternal, internalMessage, nil)
	}
}

func bytesLabel(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MiB"
	}
	return strconv.FormatInt(n, 10) + " 字节"
}

func writeError(c *gin.Context, e *jiqiao.Error) {
	status, known := statusOf[e.Code]
	if !known {
		status = http.StatusInternalServerError
	}
	writeErrorStatus(c, status, e)
}

// writeErrorStatus is for the statuses that share a code: 405 is invalid, 412 a conflict.
func writeErrorStatus(c *gin.Context, status int, e *jiqiao.Error) {
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="jiqiao"`)
	}
	h := c.Writer.Header()
	for _, name := range []string{"ETag", "Content-Disposition", "Content-Encoding"} {
		h.Del(name)
	}
	body, err := encode(e)
	if err != nil {
		body = []byte(`{"code":"internal","message":"` + internalMessage + `"}`)
	}
	c.Data(status, jsonType, body)
}

// encode is JSON as it goes over the wire: text is not escaped for HTML, nosniff keeps it from being read as such.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// answer sends v with the hash of its JSON as ETag, or 304 when the client has it already.
func answer(c *gin.Context, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return answerBytes(c, jsonType, hashTag(body), body)
}

// answerBytes sends a body whose ETag is known.
func answerBytes(c *gin.Context, contentType, tag string, body []byte) error {
	c.Header("ETag", tag)
	if tagListed(c.GetHeader("If-None-Match"), tag) {
		c.Writer.Header().Del("Content-Encoding") // there is no content
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Data(http.StatusOK, contentType, body)
	return nil
}

// send answers with a status of its own and no condition.
func send(c *gin.Context, status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	c.Data(status, jsonType, body)
	return nil
}

// hashTag is a weak ETag from the content: the same answer, compressed or not.
func hashTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

// versionTag is the strong ETag of a record, the one If-Match takes.
func versionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// tagListed compares weakly, as RFC 9110 §13.1.2 asks for If-None-Match.
func tagListed(header, tag string) bool {
	if header == "" {
		return false
	}
	if strings.TrimSpace(header) == "*" {
		return true
	}
	tag = strings.TrimPrefix(tag, "W/")
	for listed := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(listed), "W/") == tag {
			return true
		}
	}
	return false
}

// ifMatch checks the client's precondition against the version that now stands, and is the version to write over.
// current is asked only when there is a precondition. Weak tags never match (RFC 9110 §13.1.1).
func ifMatch(c *gin.Context, current func(context.Context) (int64, error)) (int64, error) {
	header := strings.TrimSpace(c.GetHeader("If-Match"))
	if header == "" {
		return 0, jiqiao.Fail(jiqiao.CodePrecondition, "请先读取这条记录，并把得到的 ETag 放进 If-Match 头", nil)
	}
	version, err := current(c.Request.Context())
	if err != nil {
		return 0, err
	}
	for listed := range strings.SplitSeq(header, ",") {
		if listed = strings.TrimSpace(listed); listed == "*" || listed == versionTag(version) {
			return version, nil
		}
	}
	return 0, jiqiao.Fail(jiqiao.CodeConflict, changedMessage, nil)
}

const changedMessage = "这条记录已被别人修改，请重新读取后再改"

// stale answers 412 for a conflict under If-Match; other errors go on.
func stale(c *gin.Context, err error) error {
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		return err
	}
	writeErrorStatus(c, http.StatusPreconditionFailed, jiqiao.Fail(jiqiao.CodeConflict, changedMessage, nil))
	return nil
}
