package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// LanguageModel helps with texts. What it says is checked before it comes here.
type LanguageModel interface {
	// ReadNeed reads the raw text of a need into fields that quote it.
	ReadNeed(ctx context.Context, text string) (jiqiao.Reading, error)
	// Rationales drafts the Rationale of matches from their evidence, and reports whether the model failed to answer.
	Rationales(ctx context.Context, matches []jiqiao.Match) (failed bool)
}

const (
	// degradedLanguage in MatchList.Degraded says that rationales were asked for and could not be drafted.
	degradedLanguage = "llm"
	// maxRationales is how many matches of a page are spoken of: the first ones are read, and each costs a request.
	maxRationales = 5
)

// rawText is the body of POST /clinic/read.
type rawText struct {
	Text string `json:"text"`
}

// readNeed has a language model read a raw text. It costs money, and so is not for the public.
func (s *Server) readNeed(c *gin.Context) error {
	var raw rawText
	if err := decode(c, &raw); err != nil {
		return err
	}
	if s.opts.Language == nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "没有配置语言模型：请管理员设置 llm_url 与 llm_model，或手工填写", nil)
	}
	reading, err := s.opts.Language.ReadNeed(c.Request.Context(), raw.Text)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, reading)
}

// explain drafts rationales for the first matches of a list. The model is somebody else's: it is told of no record that not
// everybody may read.
func (s *Server) explain(ctx context.Context, list *jiqiao.MatchList) {
	var open []jiqiao.Match
	var places []int
	for i, m := range list.Matches[:min(maxRationales, len(list.Matches))] {
		if jiqiao.Open(m.Record) {
			open, places = append(open, m), append(places, i)
		}
	}
	if s.opts.Language == nil || s.opts.Language.Rationales(ctx, open) {
		list.Degraded = append(list.Degraded, degradedLanguage)
		s.metrics.degrade([]string{degradedLanguage})
	}
	for i, m := range open {
		list.Matches[places[i]].Rationale = m.Rationale
	}
}
