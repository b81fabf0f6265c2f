package eval

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Pair names one need beside one achievement.
type Pair struct{ Need, Achievement string }

// Judgement is the level that people gave a pair.
type Judgement struct {
	Pair
	Level float64 // 1 无相关 … 4 强相关
}

// Judgements are graded pairs by need, needs in the order of the file. Of a pair judged twice the last level counts.
type Judgements struct {
	Needs  []string
	byNeed map[string][]Judgement
}

// Of lists one need's judgements in the order of the file.
func (j *Judgements) Of(need string) []Judgement { return j.byNeed[need] }

// Len counts the judged pairs.
func (j *Judgements) Len() int {
	n := 0
	for _, of := range j.byNeed {
		n += len(of)
	}
	return n
}

// ReadJudgements reads rows need_id, achievement_id, level separated by tabs; a first row whose third column is not a
// number is a heading.
func ReadJudgements(r io.Reader) (*Judgements, error) {
	j := &Judgements{byNeed: map[string][]Judgement{}}
	at := map[Pair]int{}
	err := eachRow(r, func(line int, cells []string) error {
		if len(cells) < 3 {
			return fmt.Errorf("line %d: want need, achievement and level, have %d columns", line, len(cells))
		}
		level, err := strconv.ParseFloat(cells[2], 64)
		if err != nil {
			if line == 1 {
				return nil
			}
			return fmt.Errorf("line %d: level %q is not a number", line, cells[2])
		}
		p := Pair{cells[0], cells[1]}
		if i, ok := at[p]; ok {
			j.byNeed[p.Need][i].Level = level
			return nil
		}
		of, known := j.byNeed[p.Need]
		if !known {
			j.Needs = append(j.Needs, p.Need)
		}
		at[p] = len(of)
		j.byNeed[p.Need] = append(of, Judgement{p, level})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	return j, nil
}

// Scored is what a system says of one pair.
type Scored struct {
	Score float64
	Level float64
}

// Run is one system's answer for the judged pairs.
type Run map[Pair]Scored

// ReadRun reads rows need_id, achievement_id, score and, optionally, level; rows without a number for a score are
// passed over, a missing level is 1.
func ReadRun(r io.Reader) (Run, error) {
	run := Run{}
	err := eachRow(r, func(_ int, cells []string) error {
		if len(cells) < 3 {
			return nil
		}
		s := Scored{Level: 1}
		var err error
		if s.Score, err = strconv.ParseFloat(cells[2], 64); err != nil {
			return nil //nolint:nilerr // a heading, or what another system says of a pair it could not score
		}
		if len(cells) > 3 && cells[3] != "" {
			if s.Level, err = strconv.ParseFloat(cells[3], 64); err != nil {
				return fmt.Errorf("level of %s, %s: %w", cells[0], cells[1], err)
			}
		}
		run[Pair{cells[0], cells[1]}] = s
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	return run, nil
}

// Write writes the run in the order of the judgements, scores to the last bit so that reading gives them back.
func (r Run) Write(w io.Writer, j *Judgements) error {
	out := bufio.NewWriter(w)
	for _, need := range j.Needs {
		for _, of := range j.Of(need) {
			s, ok := r[of.Pair]
			if !ok {
				continue
			}
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", of.Need, of.Achievement,
				strconv.FormatFloat(s.Score, 'g', -1, 64), strconv.FormatFloat(s.Level, 'g', -1, 64)) // Flush tells
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	return nil
}

func eachRow(r io.Reader, row func(line int, cells []string) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for line := 1; in.Scan(); line++ {
		text := strings.TrimRight(in.Text(), "\r")
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := row(line, strings.Split(text, "\t")); err != nil {
			return err
		}
	}
	return in.Err()
}
