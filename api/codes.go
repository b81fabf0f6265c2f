package api

import (
	"github.com/gin-gonic/gin"

	"jiqiao"
)

// codeListName is a code list without its items.
type codeListName struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Source string `json:"source"`
	Count  int    `json:"count"`
}

func (s *Server) listCodes(c *gin.Context) error {
	lists := jiqiao.CodeLists()
	names := make([]codeListName, len(lists))
	for i, l := range lists {
		names[i] = codeListName{l.Name, l.Label, l.Source, len(l.Items)}
	}
	return answer(c, names)
}

func (s *Server) getCodes(c *gin.Context) error {
	list, ok := jiqiao.LookupList(c.Param("name"))
	if !ok {
		return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个代码表，全部名称见 "+prefix+"/codes", nil)
	}
	return answer(c, list)
}
