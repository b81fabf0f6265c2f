package postings

import (
	"fmt"
	"slices"
	"testing"
)

// The rarest terms are read while the budget lasts, and those are scored exactly.
func TestBudgetKeepsTheRarestTerms(t *testing.T) {
	side := NewSide[int](DefaultParams())
	var puts []Put[int]
	for i := range 100 {
		terms := []DocTerm{{ID: 0, Word: 1}}
		if i < 10 {
			terms = append(terms, DocTerm{ID: 1, Word: 1})
		}
		if i < 2 {
			terms = append(terms, DocTerm{ID: 2, Word: 1})
		}
		puts = append(puts, Put[int]{ID: fmt.Sprintf("d%03d", i), Doc: NewDoc(terms)})
	}
	side.Apply(puts, nil)
	all := []QueryTerm{{ID: 0, Word: 1}, {ID: 1, Word: 1}, {ID: 2, Word: 1}}
	for _, c := range []struct {
		budget int
		same   []QueryTerm
	}{{0, all}, {112, all}, {111, all[1:]}, {11, all[2:]}, {1, all[2:]}} {
		got, want := side.Score(Query{Terms: all, Budget: c.budget}), side.Score(Query{Terms: c.same})
		for ord := range got.score {
			if got.score[ord] != want.score[ord] {
				t.Errorf("budget %d: document %d scores %v, want %v", c.budget, ord, got.score[ord], want.score[ord])
				break
			}
		}
		got.Release()
		want.Release()
	}
}

func TestHoldingFindsTermsByTheirParts(t *testing.T) {
	terms := NewTerms()
	for _, w := range []string{"制氢", "氢", "", "氢气", "光伏", "膜氢", "气膜"} {
		terms.Add(w)
	}
	for part, want := range map[string][]uint32{"氢": {0, 1, 3, 5}, "光伏": {4}, "氢光": nil, "伏膜": nil, "膜": {5, 6}, "无": nil} {
		if got := terms.Holding(part); !slices.Equal(got, want) {
			t.Errorf("%q is held by %v, want %v", part, got, want)
		}
	}
}
