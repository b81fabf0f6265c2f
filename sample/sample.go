// Package sample holds the project's own sample data: organisations, technical needs and achievements over nine
// industries, and our judgement of some pairs of them. The texts are written for this project; every organisation,
// person, credit code, number of a patent and telephone number is fictitious. The credit codes pass their check digits;
// the patent numbers have the kind digit 0 and the local numbers begin with 0, which nobody has; mail goes to
// example.com.
//
// Of the needs, about a third have an achievement that fits, a third a near miss (the target metric not met, another
// object, too early), and the rest no partner.
package sample

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"jiqiao"
)

//go:embed organisations.jsonl users.jsonl needs.jsonl achievements.jsonl expected.tsv
var files embed.FS

// Files are the data as they are stored: organisations.jsonl, needs.jsonl and achievements.jsonl hold the JSON of the
// root types, one record per line without ids, the owner by name and credit code.
func Files() fs.FS { return files }

// Organisations returns a fresh copy of every organisation.
func Organisations() ([]*jiqiao.Organisation, error) {
	return read[jiqiao.Organisation]("organisations.jsonl")
}

// Users returns a fresh copy of every account, without ids, of every role; the organisation is there by name.
func Users() ([]*jiqiao.User, error) { return read[jiqiao.User]("users.jsonl") }

// Lead is an account for the person whom an organisation names as its contact; it signs in with the name of the mail box.
func Lead(org *jiqiao.Organisation, role jiqiao.Role) *jiqiao.User {
	login, _, _ := strings.Cut(org.Contact.Email, "@")
	return &jiqiao.User{
		Login: login, Name: org.Contact.Name, Position: org.Contact.Position, Email: org.Contact.Email, OrganisationName: org.Name,
		Role: role, Lead: true, Region: org.Region,
	}
}

// Needs returns a fresh copy of every need.
func Needs() ([]*jiqiao.Need, error) { return read[jiqiao.Need]("needs.jsonl") }

// Achievements returns a fresh copy of every achievement.
func Achievements() ([]*jiqiao.Achievement, error) {
	return read[jiqiao.Achievement]("achievements.jsonl")
}

// Records returns a fresh copy of the records of one side.
func Records(kind jiqiao.Kind) ([]jiqiao.Record, error) {
	if kind == jiqiao.KindNeed {
		needs, err := Needs()
		return asRecords(needs, err)
	}
	achievements, err := Achievements()
	return asRecords(achievements, err)
}

func asRecords[R jiqiao.Record](all []R, err error) ([]jiqiao.Record, error) {
	if err != nil {
		return nil, err
	}
	records := make([]jiqiao.Record, len(all))
	for i, r := range all {
		records[i] = r
	}
	return records, nil
}

// Judgement is how well one need and one achievement fit in our own opinion, and why, in Chinese.
type Judgement struct {
	Need, Achievement string // titles
	Level             jiqiao.Level
	Reason            string
}

// Judgements returns the judged pairs. A pair that is not among them is unjudged, not unrelated.
func Judgements() ([]Judgement, error) {
	data, err := files.ReadFile("expected.tsv")
	if err != nil {
		return nil, fmt.Errorf("read sample judgements: %w", err)
	}
	var judged []Judgement
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		cells := strings.Split(line, "\t")
		if i == 0 {
			continue // heading
		}
		if len(cells) != 4 {
			return nil, fmt.Errorf("expected.tsv line %d: %d columns, want 4", i+1, len(cells))
		}
		level, err := strconv.Atoi(cells[2])
		if err != nil {
			return nil, fmt.Errorf("expected.tsv line %d: level: %w", i+1, err)
		}
		judged = append(judged, Judgement{cells[0], cells[1], jiqiao.Level(level), cells[3]})
	}
	return judged, nil
}

func read[T any](name string) ([]*T, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read sample data: %w", err)
	}
	var all []*T
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		v := new(T)
		if err := d.Decode(v); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, len(all)+1, err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}
