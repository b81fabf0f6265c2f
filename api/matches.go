package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Matcher ranks the other side.
type Matcher interface {
	// Match lists the best records for subject and fills their Record, also when q.Brief. What it quotes of either side
	// is what q.Filter.Access shows.
	Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
	// MatchText does so for a text as if it were a record of the kind.
	MatchText(ctx context.Context, kind jiqiao.Kind, text string, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
}

// Pages keeps answers about one record until anything they depend on changes.
type Pages interface {
	// Do returns what fill made for the same record, version, state of the index and params, or calls fill. A missing
	// record is CodeNotFound. degraded tells fill that the cache does not work now, which the answer should say.
	Do(ctx context.Context, kind jiqiao.Kind, id, params string, fill func(ctx context.Context, degraded bool) ([]byte, error)) ([]byte, error)
}

// degradedCache in MatchList.Degraded says that the answer was made without the cache.
const degradedCache = "cache"

func (s *Server) matches(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		mq := q.match()
		rationale := q.flag("rationale")
		if err := q.first(mq.Validate); err != nil {
			return err
		}
		if rationale && viewer(c).Public() {
			return jiqiao.Fail(jiqiao.CodeUnauthorized, "由语言模型起草的说明只给持有令牌的人，请去掉 rationale 或附上令牌", nil)
		}
		// Only the public's pages are kept: they are nearly all requests, and hold no personal data.
		if s.opts.Pages != nil && viewer(c).Public() {
			return s.keptMatches(c, kind, mq)
		}
		list, open, err := s.match(c.Request.Context(), viewer(c), kind, c.Param("id"), mq)
		if err != nil {
			return err
		}
		if rationale && open {
			s.explain(c.Request.Context(), &list)
		}
		return answer(c, list)
	}
}

// match ranks for the record, as far as the viewer may see it and them; open says that everybody may read the record.
func (s *Server) match(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, q jiqiao.MatchQuery) (_ jiqiao.MatchList, open bool, _ error) {
	subject, err := s.seen(ctx, v, kind, id)
	if err != nil {
		return jiqiao.MatchList{}, false, err
	}
	list, err := s.opts.Matcher.Match(ctx, subject, q)
	if err != nil {
		return jiqiao.MatchList{}, false, err
	}
	s.metrics.degrade(list.Degraded)
	list.Matches = showMatches(q.Filter.Access, list.Matches)
	if err := s.addDecisions(ctx, v, kind, id, list.Matches); err != nil {
		return jiqiao.MatchList{}, false, err
	}
	s.noteShown(v, kind, id, q, list.Matches)
	return list, jiqiao.Open(subject), nil
}

// keptMatches answers from the encoded pages. A page is its ETag in tagLength bytes before the body, so that a hit
// neither decodes, hashes nor compresses.
func (s *Server) keptMatches(c *gin.Context, kind jiqiao.Kind, q jiqiao.MatchQuery) error {
	zip := acceptsGzip(c.GetHeader("Accept-Encoding"))
	params, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("name the page: %w", err)
	}
	id := c.Param("id")
	page, err := s.opts.Pages.Do(c.Request.Context(), kind, id, fmt.Sprintf("page gzip=%t %s", zip, params),
		func(ctx context.Context, degraded bool) ([]byte, error) {
			list, _, err := s.match(ctx, jiqiao.Viewer{}, kind, id, q)
			if err != nil {
				return nil, err
			}
			if degraded {
				list.Degraded = append(list.Degraded, degradedCache)
				s.metrics.degrade([]string{degradedCache})
			}
			return encodePage(list, zip)
		})
	if err != nil {
		return conceal(kind, err)
	}
	if len(page) < tagLength {
		return fmt.Errorf("kept page of %d bytes", len(page))
	}
	c.Header("Vary", "Authorization, Accept-Encoding")
	if zip {
		c.Header("Content-Encoding", "gzip")
	}
	return answerBytes(c, jsonType, string(page[:tagLength]), page[tagLength:])
}

var tagLength = len(hashTag(nil))

func encodePage(v any, zip bool) ([]byte, error) {
	body, err := encode(v)
	if err != nil {
		return nil, err
	}
	tag := hashTag(body)
	if zip {
		if body, err = gzipped(body); err != nil {
			return nil, err
		}
	}
	return append([]byte(tag), body...), nil
}

// textMatch is the body of POST /match.
type textMatch struct {
	// Kind is what the text is; the other side is listed.
	Kind   jiqiao.Kind   `json:"kind"`
	Text   string        `json:"text"`
	Filter jiqiao.Filter `json:"filter"`
	Limit  int           `json:"limit"`
	Offset int           `json:"offset"`
	Brief  bool          `json:"brief"`
}

func (m textMatch) validate() error {
	var wrong []jiqiao.FieldError
	if !m.Kind.Valid() {
		wrong = append(wrong, jiqiao.FieldError{Field: "kind", Message: kindMessage})
	}
	if m.Text == "" {
		wrong = append(wrong, jiqiao.FieldError{Field: "text", Message: "请粘贴要匹配的文字"})
	}
	if m.Offset > maxOffset {
		wrong = append(wrong, jiqiao.FieldError{Field: "offset", Message: fmt.Sprintf("最多跳过 %d 条", maxOffset)})
	}
	return jiqiao.Invalid(wrong)
}

func (s *Server) matchText(c *gin.Context) error {
	var m textMatch
	if err := decode(c, &m); err != nil {
		return err
	}
	if err := m.validate(); err != nil {
		return err
	}
	v := viewer(c)
	q := jiqiao.MatchQuery{Filter: v.Narrow(m.Filter.Normalise()), Limit: m.Limit, Offset: m.Offset, Brief: m.Brief}.Normalise()
	if err := q.Validate(); err != nil {
		return err
	}
	list, err := s.opts.Matcher.MatchText(c.Request.Context(), m.Kind, m.Text, q)
	if err != nil {
		return err
	}
	s.metrics.degrade(list.Degraded)
	list.Matches = showMatches(q.Filter.Access, list.Matches)
	return send(c, http.StatusOK, list)
}
