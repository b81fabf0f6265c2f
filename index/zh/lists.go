package zh

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh/internal/seg"
)

//go:embed data/stop.txt
var stopLines string

//go:embed data/synonyms.txt
var synonymLines string

//go:embed data/singles.txt
var singleLines string

// Limits of the site's lists: a slip (a whole text in one line, a wrong file) is told rather than loaded.
const (
	maxListLines    = 500_000
	maxWordRunes    = 32
	maxListProblems = 20
)

// lists reads word lists into an analyzer under construction.
type lists struct {
	a        *Analyzer
	problems *[]jiqiao.FieldError
}

func newLists(a *Analyzer, problems *[]jiqiao.FieldError) *lists {
	a.stop = map[string]bool{}
	a.synonyms = map[string][]string{}
	return &lists{a, problems}
}

// lines calls each line that says something, folded.
func (l *lists) lines(r io.Reader, name string, each func(line string) (problem string)) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 4096), 64<<10)
	n := 0
	report := func(problem string) {
		if len(*l.problems) < maxListProblems {
			*l.problems = append(*l.problems, jiqiao.FieldError{Field: fmt.Sprintf("%s:%d", name, n), Message: fmt.Sprintf("%s第 %d 行：%s", name, n, problem)})
		}
	}
	for in.Scan() {
		n++
		if n > maxListLines {
			report(fmt.Sprintf("超过 %d 行，请拆分或删减", maxListLines))
			return
		}
		raw := strings.TrimPrefix(in.Text(), "\ufeff")
		if !utf8.ValidString(raw) {
			report("不是 UTF-8 文字，请把文件另存为 UTF-8 编码")
			continue
		}
		raw, _, _ = strings.Cut(raw, "#")
		line := strings.TrimSpace(l.a.Fold(raw))
		if line == "" {
			continue
		}
		if problem := each(line); problem != "" {
			report(problem)
		}
	}
	if err := in.Err(); err != nil {
		n++
		report("读取失败，这一行可能过长（最多 64 KiB）：" + err.Error())
	}
}

func checkWord(word string) string {
	switch {
	case word == "":
		return "缺少词语"
	case utf8.RuneCountInString(word) > maxWordRunes:
		return fmt.Sprintf("词语“%s…”超过 %d 个字", string([]rune(word)[:10]), maxWordRunes)
	}
	return ""
}

// userCost makes a user's word win over the same characters taken apart, whatever its weight.
const userCost = 6 * seg.CostScale

func (l *lists) userDict(r io.Reader, name string) {
	var entries []seg.Entry
	l.lines(r, name, func(line string) string {
		word, cost, problem := parseUserLine(line)
		if problem == "" && cost < 0 {
			l.a.dict.Remove(word)
		} else if problem == "" {
			entries = append(entries, seg.Entry{Word: word, Cost: cost})
		}
		return problem
	})
	l.insert(name, entries)
}

func (l *lists) insert(name string, entries []seg.Entry) {
	if err := l.a.dict.Insert(entries); err != nil {
		*l.problems = append(*l.problems, jiqiao.FieldError{Field: name, Message: name + "词语太多，请删减：" + err.Error()})
	}
}

// parseUserLine reads "word" or "word weight"; a cost of -1 removes the word.
func parseUserLine(line string) (word string, cost int, problem string) {
	fields := strings.Fields(line)
	if len(fields) > 3 {
		return "", 0, "应为“词语”或“词语 词频”，多出了内容"
	}
	word = fields[0]
	if problem = checkWord(word); problem != "" || len(fields) == 1 {
		return word, userCost, problem
	}
	weight, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || weight < 0 || math.IsInf(weight, 0) || math.IsNaN(weight) {
		return "", 0, fmt.Sprintf("词频“%s”应为不小于 0 的数字", fields[1])
	}
	if weight == 0 {
		return word, -1, ""
	}
	return word, max(1, userCost-int(seg.CostScale*math.Log10(weight))), ""
}

func (l *lists) stopWords(r io.Reader, name string) {
	l.lines(r, name, func(line string) string {
		word, keep := strings.CutPrefix(line, "!")
		if problem := checkWord(word); problem != "" {
			return problem
		}
		if keep {
			delete(l.a.stop, word)
		} else {
			l.a.stop[word] = true
		}
		return ""
	})
}

// synonyms reads the synonym groups. Words of Han characters become dictionary words, so that they are found as one token.
func (l *lists) synonyms(r io.Reader, name string) {
	var words []string
	defer func() { l.know(name, words) }()
	l.lines(r, name, func(line string) string {
		from, to, oneWay := strings.Cut(line, "=>")
		left, problem := splitWords(from)
		if problem != "" {
			return problem
		}
		right := left
		if oneWay {
			if right, problem = splitWords(to); problem != "" {
				return problem
			}
		} else if len(left) < 2 {
			return "一组同义词至少要有两个，用逗号分开"
		}
		for _, w := range left {
			l.link(w, right)
		}
		words = append(words, left...)
		words = append(words, right...)
		return ""
	})
}

// know puts words with Han characters into the dictionary that are not there.
func (l *lists) know(name string, words []string) {
	var entries []seg.Entry
	for _, w := range words {
		if _, known := l.a.dict.Cost(w); !known && strings.IndexFunc(w, seg.IsHan) >= 0 {
			entries = append(entries, seg.Entry{Word: w, Cost: userCost})
		}
	}
	l.insert(name, entries)
}

func splitWords(s string) (words []string, problem string) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '、' || r == ';' }) {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		if problem = checkWord(w); problem != "" {
			return nil, problem
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return nil, "缺少词语"
	}
	return words, ""
}

func (l *lists) link(word string, to []string) {
	for _, t := range to {
		known := t == word
		for _, have := range l.a.synonyms[word] {
			known = known || have == t
		}
		if !known {
			l.a.synonyms[word] = append(l.a.synonyms[word], t)
		}
	}
}
