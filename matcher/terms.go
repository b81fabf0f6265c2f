package matcher

// A term is 32 bits that name what two texts may share, exactly and without a dictionary:
//
//	one Han character        its code point                           below 0x10000
//	two neighbouring ones    both code points, first in the high half  0x2E800000–0xFAFFFFFF
//	a run of letters, digits a hash of 28 bits                         0x10000000–0x1FFFFFFF
//
// Single characters are terms because the morphemes of Chinese technical words carry meaning by themselves: 滴灌 and
// 灌溉 share no word and no pair, but 灌. On the graded pairs they are worth more than words and pairs together
// (docs/evaluation.md). Dictionary words are no terms: every word of two or more characters is covered by its pairs,
// words added nothing measurable to them, and a scan without segmentation reads tens of megabytes a second.
type term = uint32

// termClass tells the three apart; each is one part of the score.
type termClass int

const (
	classCharacter termClass = iota
	classPair
	classCode // Latin words, numbers, models, formulas, standards
	termClasses
)

const (
	codeBase = 0x1000_0000
	codeMask = 0x0FFF_FFFF
)

func classOf(t term) termClass {
	switch {
	case t < 1<<16:
		return classCharacter
	case t < 2*codeBase:
		return classCode
	default:
		return classPair
	}
}

// isHan covers the blocks of the basic plane that hold Han characters; rarer ones beyond it separate runs.
func isHan(c uint16) bool {
	return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0xF900 && c <= 0xFAFF
}

// isCode covers what folded Latin words, numbers and models are written with. Greek letters are there for the
// materials and biology that use them: α-al2o3, β-glucan.
func isCode(c uint16) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x3B1 && c <= 0x3C9
}

// joinsCode holds inside a run of letters and digits, never at its ends: gb/t 19001-2016, 0.5mm, li-ion.
func joinsCode(c uint16) bool { return c == '-' || c == '.' || c == '/' }

// eachTerm calls emit for every term of a folded text, in the order in which they end. A run such as yolo-v8 gives
// its pieces and, when it has several, the whole.
func eachTerm(text []uint16, emit func(term)) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isHan(c):
			emit(term(c))
			if i > 0 && isHan(text[i-1]) {
				emit(term(text[i-1])<<16 | term(c))
			}
			i++
		case isCode(c):
			i = eachCode(text, i, emit)
		default:
			i++
		}
	}
}

func eachCode(text []uint16, i int, emit func(term)) int {
	const offset, prime = 2166136261, 16777619 // FNV-1a
	whole, piece := uint32(offset), uint32(offset)
	length, digits := 0, 0
	flush := func() {
		if length > 1 && (digits < length || digits > 2) { // a lone letter says nothing, nor does a number below 100
			emit(codeBase | piece&codeMask)
		}
		piece, length, digits = offset, 0, 0
	}
	for ; i < len(text); i++ {
		c := text[i]
		if isCode(c) {
			whole = (whole ^ uint32(c)) * prime
			piece = (piece ^ uint32(c)) * prime
			length++
			if c <= '9' {
				digits++
			}
			continue
		}
		if !joinsCode(c) || i+1 == len(text) || !isCode(text[i+1]) {
			break
		}
		flush()
	}
	only := piece == whole
	flush()
	if !only {
		emit(codeBase | whole&codeMask)
	}
	return i
}
