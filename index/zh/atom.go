package zh

import (
	"strings"
	"unicode"
)

// maxAtom bounds a whole token in bytes; of a longer one (an address, a sequence) only the pieces are kept.
const maxAtom = 48

// compound emits the run of letters and digits at i, with the strokes inside it, and answers its end.
func (x *scan) compound(i int) int {
	var cuts []int // ends of pieces, each with the start of the next
	end := x.piece(i)
	first := end
	for end < len(x.s) && strings.IndexByte("-/_&.", x.s[end]) >= 0 && alnumAt(x.s, end+1) > 0 {
		next := x.piece(end + 1)
		cuts = append(cuts, end, end+1)
		end = next
	}
	if len(cuts) == 0 {
		x.emitPiece(i, first, false)
		return first
	}
	whole := end-i <= maxAtom
	if whole {
		x.emitWhole(i, end, cuts)
	}
	start := i
	for c := 0; c <= len(cuts); c += 2 {
		stop := end
		if c < len(cuts) {
			stop = cuts[c]
		}
		if stop-start >= 2 {
			x.emitPiece(start, stop, whole)
		}
		if c < len(cuts) {
			start = cuts[c+1]
		}
	}
	return end
}

// emitWhole emits pieces with their strokes, and without hyphens (wi-fi is wifi too).
func (x *scan) emitWhole(start, end int, cuts []int) {
	kind, at, hyphens := Formula, start, true
	for c := 0; c <= len(cuts); c += 2 {
		stop := end
		if c < len(cuts) {
			stop = cuts[c]
			hyphens = hyphens && x.s[stop] == '-'
		}
		if x.pieceKind(at, stop) != Formula {
			kind = Model
		}
		if c < len(cuts) {
			at = cuts[c+1]
		}
	}
	term := x.s[start:end]
	x.emit(term, start, end, kind, false)
	if hyphens && len(cuts) <= 4 {
		x.emit(strings.ReplaceAll(term, "-", ""), start, end, kind, true)
	}
}

// piece is the end of the letters and digits at i; a point between digits belongs to them, as do ++ and # after letters.
func (x *scan) piece(i int) int {
	start := i
	for {
		n := alnumAt(x.s, i)
		if n == 0 && i > start && i < len(x.s) && x.s[i] == '.' && isDigit(x.s, i-1) && isDigit(x.s, i+1) {
			n = 1
		}
		if n == 0 {
			break
		}
		i += n
	}
	if i == start+1 && !isDigit(x.s, start) {
		if strings.HasPrefix(x.s[i:], "++") {
			return i + 2
		}
		if strings.HasPrefix(x.s[i:], "#") {
			return i + 1
		}
	}
	return i
}

func (x *scan) emitPiece(start, end int, part bool) {
	if end-start > maxAtom {
		return
	}
	term := x.s[start:end]
	kind := x.pieceKind(start, end)
	if kind == Latin && x.a.stop[term] {
		return
	}
	x.emit(term, start, end, kind, part)
	if kind == Model {
		x.emitSegments(start, end)
	}
}

// emitSegments emits the longer runs of letters and of digits of a model: yolov8 → yolo, sus304 → sus, 304.
func (x *scan) emitSegments(start, end int) {
	for i := start; i < end; {
		digits := isDigit(x.s, i)
		j := i
		for j < end && (isDigit(x.s, j) || x.s[j] == '.') == digits {
			j++
		}
		switch {
		case j == i:
			return
		case digits && j-i >= 3 && j-i < end-start && strings.IndexByte(x.s[i:j], '.') < 0:
			x.emit(x.s[i:j], i, j, Number, true)
		case !digits:
			k := j
			if k-i >= 4 && x.s[k-1] == 'v' && k < end {
				k-- // yolov8 is version 8 of yolo
			}
			if k-i >= 3 && k-i < end-start {
				x.emit(x.s[i:k], i, k, Latin, true)
			}
		}
		i = j
	}
}

func (x *scan) pieceKind(start, end int) Kind {
	letters, digits := 0, 0
	for i := start; i < end; i++ {
		if isDigit(x.s, i) {
			digits++
		} else if x.s[i] != '.' {
			letters++
		}
	}
	switch {
	case letters == 0:
		return Number
	case isFormula(x.original(start, end), digits > 0):
		return Formula
	case digits == 0:
		return Latin
	}
	return Model
}

// original is what was written where s[start:end] stands.
func (x *scan) original(start, end int) string {
	from, to := x.w.folded.Span(start, end)
	return x.orig[from:to]
}

// isFormula says whether text, as written, reads as a chemical formula: at least two elements in mixed case, or one or
// more with a count. PC and HIV are not, although they could be.
func isFormula(text string, counted bool) bool {
	runes := []rune(text)
	elements, lower, counts, digits := 0, false, 0, 0
	for i := 0; i < len(runes); {
		r := runes[i]
		if r >= 'A' && r <= 'Z' {
			n := 1
			if i+1 < len(runes) && runes[i+1] >= 'a' && runes[i+1] <= 'z' {
				n = 2
				lower = true
			}
			if !elementNames[string(runes[i:i+n])] {
				return false
			}
			elements++
			i += n
			digits = 0
			continue
		}
		if elements == 0 || !unicode.IsNumber(r) && r != '.' {
			return false
		}
		if r != '.' {
			counts++
			digits++
		}
		if digits > 2 { // sus304 is a steel
			return false
		}
		i++
	}
	if counted {
		return counts > 0 && (elements > 1 || counts == 1)
	}
	return elements > 1 && lower
}

var elementNames = nameSet("H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr " +
	"Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg " +
	"Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu")

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(names) {
		set[n] = true
	}
	return set
}
