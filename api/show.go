package api

import "jiqiao"

// What search, match and clinic quote is by contract what the access of their filter shows. The functions here show the
// records beside it, and keep out those that were hidden after they were indexed.

func showHits(a jiqiao.Access, hits []jiqiao.Hit) []jiqiao.Hit {
	shown := make([]jiqiao.Hit, 0, len(hits))
	for _, h := range hits {
		if h.Record == nil || !a.Sees(h.Record) {
			continue
		}
		h.Record = a.Show(h.Record)
		shown = append(shown, h)
	}
	return shown
}

func showMatches(a jiqiao.Access, matches []jiqiao.Match) []jiqiao.Match {
	shown := make([]jiqiao.Match, 0, len(matches))
	for _, m := range matches {
		if m.Record == nil || !a.Sees(m.Record) {
			continue
		}
		m.Record = a.Show(m.Record)
		shown = append(shown, m)
	}
	return shown
}

func showDuplicates(a jiqiao.Access, found []jiqiao.Duplicate, limit int) []jiqiao.Duplicate {
	shown := make([]jiqiao.Duplicate, 0, len(found))
	for _, d := range found {
		if d.Record == nil || !a.Sees(d.Record) || len(shown) == limit {
			continue
		}
		d.Record = a.Show(d.Record)
		shown = append(shown, d)
	}
	return shown
}
