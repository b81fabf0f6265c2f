package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
)

func TestMatchAllWritesItsResults(t *testing.T) {
	s := withSample(t)
	table, lines := filepath.Join(s.dir, "匹配.csv"), filepath.Join(s.dir, "匹配.jsonl")
	s.ok("match", "--all", "--limit", "2", "-o", table)
	raw, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	needs := map[string]int{}
	for i, row := range rows[1:] {
		needs[row[0]]++
		if row[1] == "" || row[3] == "" || row[4] == "" {
			t.Errorf("row %d is incomplete: %q", i+2, row)
		}
		if i > 0 && rows[i][0] == row[0] && rows[i][5] < row[5] {
			t.Errorf("row %d scores more than the one before: %q", i+2, row)
		}
	}
	for id, n := range needs {
		if n > 2 {
			t.Errorf("%s has %d matches, want at most 2", id, n)
		}
	}
	st := s.store()
	defer st.Close()
	if total, err := st.Count(t.Context(), jiqiao.KindNeed); err != nil || len(needs) < total-2 {
		t.Errorf("results for %d of %d needs, %v", len(needs), total, err)
	}
	s.ok("match", "--all", "--limit", "2", "-o", lines)
	if raw, err := os.ReadFile(lines); err != nil || strings.Count(string(raw), "\n") != len(rows)-1 {
		t.Errorf("jsonl holds %d lines, want %d: %v", strings.Count(string(raw), "\n"), len(rows)-1, err)
	}
	s.ok("match", "--all", "--limit", "2", "--kind", "achievement", "-o", table)
	raw, err = os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll(); err != nil {
		t.Fatal(err)
	}
	achievements := map[string]int{}
	for i, row := range rows[1:] {
		if achievements[row[2]]++; achievements[row[2]] > 2 {
			t.Errorf("%s has more than 2 matches", row[2])
		}
		if i > 0 && (rows[i][2] > row[2] || rows[i][2] == row[2] && rows[i][5] < row[5]) {
			t.Errorf("row %d is out of order: %q", i+2, row)
		}
	}
	s.fails(exitUsage, []string{".csv"}, "match", "--all", "-o", filepath.Join(s.dir, "x.doc"))
	s.fails(exitUsage, []string{"--all"}, "match", "n_1", "-o", table)
}
