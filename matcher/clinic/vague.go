package clinic

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"jiqiao"
)

// vague.txt has a word and the advice for it on each line; words of one line are separated by "|".
//
//go:embed vague.txt
var vagueLines string

type vagueWord struct {
	pattern *regexp.Regexp
	advice  string
}

var vagueWords = sync.OnceValue(func() []vagueWord {
	var out []vagueWord
	for line := range strings.Lines(vagueLines) {
		words, advice, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		out = append(out, vagueWord{regexp.MustCompile(words), advice})
	}
	return out
})

// maxVague is how many vague words one diagnosis points at.
const maxVague = 5

// vagueRemarks points at words that say nothing measurable, each kind once, where no figure stands beside them.
func (e *exam) vagueRemarks() []jiqiao.DraftRemark {
	var out []jiqiao.DraftRemark
	for _, w := range vagueWords() {
		p, ok := e.vaguePlace(w.pattern)
		if !ok || len(out) == maxVague {
			continue
		}
		word := e.draft.quote(p)
		e.marks = append(e.marks, mark{place: p})
		out = append(out, jiqiao.DraftRemark{Kind: "vague", Message: "“" + word + "”不好判断：" + w.advice + "。", Quote: word})
	}
	return out
}

func (e *exam) vaguePlace(pattern *regexp.Regexp) (place, bool) {
	for i, s := range e.draft.sentences {
		switch s.role {
		case roleKeywords, roleCompany, roleFoundation, roleBenefit, roleBackground:
			continue
		}
		text := e.draft.text(s)
		for _, m := range pattern.FindAllStringIndex(text, -1) {
			clause := clauseAt(text, m[0], m[1])
			if strings.ContainsAny(clause, "0123456789") || quantified(text[m[1]:]) || !e.startsWord(text, m[0]) || !e.startsWord(text, m[1]) {
				continue
			}
			return place{i, s.start + m[0], s.start + m[1]}, true
		}
	}
	return place{}, false
}
