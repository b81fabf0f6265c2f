package api

import (
	"slices"
	"strings"

	"jiqiao"
)

// showHits are the hits as the viewer may see them. The filter has kept hidden records out already; this also holds
// when a record was hidden after it was indexed.
func showHits(v jiqiao.Viewer, hits []jiqiao.Hit) []jiqiao.Hit {
	shown := make([]jiqiao.Hit, 0, len(hits))
	for _, h := range hits {
		if h.Record == nil || !v.Sees(h.Record) {
			continue
		}
		if name := hiddenName(v, h.Record); name != "" {
			h.Title = redact(name, h.Title)
			h.Snippets = redactAll(name, h.Snippets)
		}
		h.Record = v.Show(h.Record)
		shown = append(shown, h)
	}
	return shown
}

// showList is the list of subject's matches as the viewer may see it; subject is nil for a pasted text.
func showList(v jiqiao.Viewer, subject jiqiao.Record, list jiqiao.MatchList) jiqiao.MatchList {
	for i := range list.Matches {
		list.Message = showMessage(v, subject, list.Matches[i].Record, list.Message)
	}
	list.Matches = showMatches(v, subject, list.Matches)
	return list
}

// hiddenTitle stands where a list's message would give the title of a record that the viewer may not know of.
const hiddenTitle = "（内容不公开）"

// showMessage takes out what the message says of a record: it names the nearest misses by their titles.
func showMessage(v jiqiao.Viewer, subject, rec jiqiao.Record, message string) string {
	if rec == nil {
		return message
	}
	if title := rec.Head().Title; title != "" && !v.Sees(rec) {
		message = strings.ReplaceAll(message, title, hiddenTitle)
	}
	for _, name := range []string{hiddenName(v, subject), hiddenName(v, rec)} {
		if name != "" {
			message = hide(name, message)
		}
	}
	return message
}

func showMatches(v jiqiao.Viewer, subject jiqiao.Record, matches []jiqiao.Match) []jiqiao.Match {
	shown := make([]jiqiao.Match, 0, len(matches))
	for _, m := range matches {
		if m.Record == nil || !v.Sees(m.Record) {
			continue
		}
		hideNames(&m, hiddenName(v, subject), hiddenName(v, m.Record))
		m.Record = v.Show(m.Record)
		shown = append(shown, m)
	}
	return shown
}

// hideNames takes hidden owners out of all that the match quotes or says. Both out of both sides: a text may name the
// partner too.
func hideNames(m *jiqiao.Match, names ...string) {
	for _, name := range names {
		if name == "" {
			continue
		}
		m.Evidence = slices.Clone(m.Evidence)
		for i := range m.Evidence {
			e := &m.Evidence[i]
			e.Need.Spans, e.Achievement.Spans = redact(name, e.Need.Spans), redact(name, e.Achievement.Spans)
		}
		m.Metrics = slices.Clone(m.Metrics)
		for i := range m.Metrics {
			c := &m.Metrics[i]
			c.Need, c.Achievement = redactSnippet(name, c.Need), redactSnippet(name, c.Achievement)
			for _, text := range []*string{&c.Target, &c.Figure, &c.Reason} {
				*text = hide(name, *text)
			}
		}
		m.Terms, m.Close = slices.Clone(m.Terms), slices.Clone(m.Close)
		for i := range m.Terms {
			m.Terms[i].Term = hide(name, m.Terms[i].Term)
		}
		for i := range m.Close {
			m.Close[i].Need, m.Close[i].Achievement = hide(name, m.Close[i].Need), hide(name, m.Close[i].Achievement)
		}
		m.Against, m.Lift = hideAll(name, m.Against), hideAll(name, m.Lift)
		m.Rationale = hide(name, m.Rationale)
	}
}

func hide(name, text string) string { return strings.ReplaceAll(text, name, jiqiao.HiddenOwner) }

func hideAll(name string, texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = hide(name, texts[i])
	}
	return texts
}

func redactSnippet(name string, s *jiqiao.Snippet) *jiqiao.Snippet {
	if s == nil {
		return nil
	}
	c := *s
	c.Spans = redact(name, c.Spans)
	return &c
}

func showDuplicates(v jiqiao.Viewer, found []jiqiao.Duplicate, limit int) []jiqiao.Duplicate {
	shown := make([]jiqiao.Duplicate, 0, len(found))
	for _, d := range found {
		if d.Record == nil || !v.Sees(d.Record) || len(shown) == limit {
			continue
		}
		d.Record = v.Show(d.Record)
		shown = append(shown, d)
	}
	return shown
}

// hiddenName is the owner's name where the viewer may not see it, "" where there is nothing to hide.
func hiddenName(v jiqiao.Viewer, r jiqiao.Record) string {
	if r == nil || v.Can(jiqiao.ScopeRead) || r.Head().Disclosure != jiqiao.DisclosureAnonymous {
		return ""
	}
	return r.Head().Owner.Name
}

func redactAll(name string, snippets []jiqiao.Snippet) []jiqiao.Snippet {
	shown := make([]jiqiao.Snippet, len(snippets))
	for i, s := range snippets {
		s.Spans = redact(name, s.Spans)
		shown[i] = s
	}
	return shown
}

// redact takes the name out of a marked text. The name may lie across spans, so a text that holds it loses its marks.
func redact(name string, spans []jiqiao.Span) []jiqiao.Span {
	if name == "" {
		return spans
	}
	var whole strings.Builder
	for _, s := range spans {
		whole.WriteString(s.Text)
	}
	if !strings.Contains(whole.String(), name) {
		return spans
	}
	return []jiqiao.Span{{Text: hide(name, whole.String())}}
}
