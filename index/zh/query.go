package zh

// synonymWeight is the weight of a synonym beside what was asked: enough to rank a text that uses only the other word,
// less than a text that uses the word itself.
const synonymWeight = 0.6

// QueryTokens appends the tokens of a query: those of Tokens and, at the same place, the synonyms of its words.
func (a *Analyzer) QueryTokens(dst []Token, text string) []Token {
	first := len(dst)
	dst = a.Tokens(dst, text)
	seen := map[string]bool{}
	for _, t := range dst[first:] {
		seen[t.Term] = true
	}
	n := len(dst)
	for _, t := range dst[first:n] {
		if t.Kind == Bigram || t.Kind == Unit || t.Kind == Number {
			continue
		}
		for _, s := range a.synonyms[t.Term] {
			dst = a.addSynonym(dst, t, s, seen)
		}
	}
	order(dst[first:])
	return dst
}

// addSynonym analyses the synonym as a text would be, so that its terms are the terms of the index.
func (a *Analyzer) addSynonym(dst []Token, at Token, synonym string, seen map[string]bool) []Token {
	if seen[synonym] {
		return dst
	}
	seen[synonym] = true
	n := len(dst)
	dst = a.Tokens(dst, synonym)
	kept := dst[:n]
	for _, t := range dst[n:] {
		if t.Part || t.Term != synonym && seen[t.Term] {
			continue
		}
		seen[t.Term] = true
		t.Start, t.End, t.Pos = at.Start, at.End, at.Pos
		t.Synonym, t.Weight = true, synonymWeight
		kept = append(kept, t)
	}
	return kept
}
