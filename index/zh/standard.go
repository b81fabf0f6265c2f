package zh

import "strings"

// standard emits the standard's number that starts at i (GB/T 19001-2016, ISO 9001:2015, ASTM D638) and answers its end;
// 0 when there is none.
func (x *scan) standard(i int) int {
	prefix, at := x.standardPrefix(i)
	if prefix == "" {
		return 0
	}
	if at < len(x.s) && (x.s[at] == ' ' || x.s[at] == '-') {
		at++
	}
	number := at
	if (prefix == "astm" || prefix == "jis") && alnumAt(x.s, at) == 1 && !isDigit(x.s, at) {
		at++
	}
	end := standardNumber(x.s, at)
	if end == 0 {
		return 0
	}
	term := prefix + x.s[number:end]
	year := standardYear(x.s, end)
	if alnumAt(x.s, max(end, year)) > 0 {
		return 0
	}
	if year > 0 {
		x.emit(term+"-"+x.s[year-4:year], i, year, Standard, false)
	}
	x.emit(term, i, end, Standard, year > 0)
	x.emit(x.s[number:end], number, end, Number, true)
	if letters := i + len(lettersOf(prefix)); letters > i+1 {
		x.emit(x.s[i:letters], i, letters, Latin, true)
	}
	return max(end, year)
}

// standardPrefix reads the issuing body at i: its normal form and its end.
func (x *scan) standardPrefix(i int) (prefix string, end int) {
	if isDigit(x.s, i) {
		return "", 0
	}
	end = i
	for alnumAt(x.s, end) == 1 && !isDigit(x.s, end) {
		end++
	}
	body := x.s[i:end]
	if c := x.orig[x.w.folded.From[i]]; c >= 'a' && c <= 'z' && !lowerBodies[body] && !strings.HasPrefix(x.s[end:], "/t") {
		return "", 0 // "en 50" in a sentence is no standard
	}
	switch {
	case body == "db":
		return x.localPrefix(i, end)
	case body == "t" && strings.HasPrefix(x.s[end:], "/"):
		return x.groupPrefix(i, end+1)
	case body == "gbt":
		return "gb/t", end
	case !standardBodies[body]:
		return "", 0
	}
	for _, more := range []string{"/t", "/z", "/iec", "/ts", "/tr"} {
		if strings.HasPrefix(x.s[end:], more) && (alnumAt(x.s, end+len(more)) == 0 || isDigit(x.s, end+len(more))) {
			return body + more, end + len(more)
		}
	}
	return body, end
}

// localPrefix reads a province's standard, DB32/T, whose letters end at end.
func (x *scan) localPrefix(i, end int) (string, int) {
	digits := end
	for isDigit(x.s, end) {
		end++
	}
	if end == digits || !strings.HasPrefix(x.s[end:], "/t") {
		return "", 0
	}
	return x.s[i : end+2], end + 2
}

// groupPrefix reads an association's standard, T/CSTM, whose name starts at name.
func (x *scan) groupPrefix(i, name int) (string, int) {
	end := name
	for alnumAt(x.s, end) == 1 && !isDigit(x.s, end) {
		end++
	}
	if end-name < 2 {
		return "", 0
	}
	return x.s[i:end], end
}

// lettersOf is the letters that a prefix starts with.
func lettersOf(prefix string) string {
	n := 0
	for alnumAt(prefix, n) > 0 && !isDigit(prefix, n) {
		n++
	}
	return prefix[:n]
}

// standardNumber is the end of 19001, 1.1, 9001-1 or 61000-4-2 at i, or 0. A year is no part of it.
func standardNumber(s string, i int) int {
	if !isDigit(s, i) {
		return 0
	}
	for isDigit(s, i) || i < len(s) && s[i] == '.' && isDigit(s, i+1) {
		i++
	}
	for i < len(s) && s[i] == '-' && isDigit(s, i+1) {
		end := i + 1
		for isDigit(s, end) {
			end++
		}
		if end-i > 3 {
			break
		}
		i = end
	}
	return i
}

// standardYear is the end of -2016 or :2015 at i, or 0.
func standardYear(s string, i int) int {
	if i >= len(s) || s[i] != '-' && s[i] != ':' || i+5 > len(s) {
		return 0
	}
	year := s[i+1 : i+5]
	century := strings.HasPrefix(year, "19") || strings.HasPrefix(year, "20")
	if century && isDigit(year, 2) && isDigit(year, 3) && !isDigit(s, i+5) {
		return i + 5
	}
	return 0
}

// lowerBodies may be typed in small letters: they are no words of another meaning.
var lowerBodies = nameSet("gb gbt gjb iso iec ieee astm")

var standardBodies = nameSet("gb gbj gjb gbz iso iec ieee astm en din jis ansi bs sae ul itu hj hg jb yb ys yd sj dl nb sh sy jt jtg tb ny ls " +
	"qb fz cj jg jgj cjj mt qc wj hb cb yy ws sn jjf jjg ga ly sc sl sb dz xf aq mh cy gy rb hy td jr wb gm ecss mil asme api nfpa cispr")
