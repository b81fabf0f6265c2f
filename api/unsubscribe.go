package api

import (
	"bytes"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// unsubscribePolicy lets the page send its one form to us, and nothing else.
const unsubscribePolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

var unsubscribePage = template.Must(template.New("unsubscribe").Parse(`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>退订邮件</title>
<style>body{font:16px/1.8 sans-serif;max-width:32em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.4em 1.5em}</style></head>
<body><h1>退订邮件</h1>
{{if .Error}}<p>{{.Error}}</p>{{else if .Done}}<p>已退订“{{.Topic}}”类邮件。站内消息不受影响，也可以随时在“通知设置”里恢复。</p>
{{else}}<p>不再接收“{{.Topic}}”类邮件？站内消息不受影响。</p><form method="post"><button type="submit">确认退订</button></form>{{end}}
</body></html>
`))

// showUnsubscribe asks first: programs that look at links in mails do not unsubscribe anybody.
func (s *Server) showUnsubscribe(c *gin.Context) error { return s.unsubscribe(c, false) }

// doUnsubscribe is the button, and the one click of mail programs (RFC 8058).
func (s *Server) doUnsubscribe(c *gin.Context) error { return s.unsubscribe(c, true) }

func (s *Server) unsubscribe(c *gin.Context, do bool) error {
	topic, err := s.opts.Notifier.Unsubscribe(c.Request.Context(), c.Query("token"), do)
	status, page := http.StatusOK, struct {
		Topic, Error string
		Done         bool
	}{Topic: topic.Label(), Done: do}
	switch jiqiao.CodeOf(err) {
	case "":
	case jiqiao.CodeInvalid:
		status, page.Error = http.StatusBadRequest, "链接无效或不完整。请登录后在“通知设置”里修改邮件接收方式。"
	default:
		return err
	}
	var b bytes.Buffer
	if err := unsubscribePage.Execute(&b, page); err != nil {
		return err
	}
	c.Header("Content-Security-Policy", unsubscribePolicy)
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}
