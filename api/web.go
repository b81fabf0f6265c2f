package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// noRoute answers paths that no route has: JSON under the interface's own, the web page everywhere else.
func (s *Server) noRoute(c *gin.Context) {
	if isInterface(c.Request.URL.Path) || s.opts.Web == nil {
		writeError(c, jiqiao.Fail(jiqiao.CodeNotFound, "没有这个地址，接口说明见 /api/docs", nil))
		return
	}
	c.Status(http.StatusOK) // gin presets 404; the page decides for itself
	s.opts.Web.ServeHTTP(c.Writer, c.Request)
}

// noMethod answers a method that the path does not have; gin has set Allow.
func (s *Server) noMethod(c *gin.Context) {
	writeErrorStatus(c, http.StatusMethodNotAllowed, jiqiao.Fail(jiqiao.CodeInvalid, "此地址不支持 "+c.Request.Method+"，可用的方法见 Allow 头", nil))
}
