package zh

import "jiqiao"

// Highlight cuts a text into spans, those whose terms hit says yes to marked. The spans joined are the text, byte for
// byte. Marks that touch or overlap become one. An empty text gives no span.
func (a *Analyzer) Highlight(text string, hit func(term string) bool) []jiqiao.Span {
	var spans []jiqiao.Span
	start, end, done := 0, 0, 0 // the mark being grown, and how much of the text is in spans
	flush := func() {
		if end <= start {
			return
		}
		if start > done {
			spans = append(spans, jiqiao.Span{Text: text[done:start]})
		}
		spans = append(spans, jiqiao.Span{Text: text[start:end], Hit: true})
		done = end
	}
	for _, t := range a.Tokens(nil, text) {
		if !hit(t.Term) {
			continue
		}
		if t.Start > end {
			flush()
			start, end = t.Start, t.End
		} else {
			end = max(end, t.End)
		}
	}
	flush()
	if done < len(text) {
		spans = append(spans, jiqiao.Span{Text: text[done:]})
	}
	return spans
}
