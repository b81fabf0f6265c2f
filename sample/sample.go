// Package sample holds records written for this project: needs, achievements and the organisations that own them. Names of
// organisations and people are invented. They fill `make demo` and tests.
package sample

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"jiqiao"
)

//go:embed organisations.jsonl
var organisations []byte

//go:embed needs.jsonl
var needs []byte

//go:embed achievements.jsonl
var achievements []byte

// Organisations are the owners of the sample records, without ids.
func Organisations() ([]*jiqiao.Organisation, error) {
	var all []*jiqiao.Organisation
	err := lines(organisations, func(line []byte) error {
		org := &jiqiao.Organisation{}
		all = append(all, org)
		return json.Unmarshal(line, org)
	})
	return all, err
}

// Records are the sample records of a side, without ids; owners are named, not referred to by id.
func Records(kind jiqiao.Kind) ([]jiqiao.Record, error) {
	data := needs
	if kind == jiqiao.KindAchievement {
		data = achievements
	}
	var all []jiqiao.Record
	err := lines(data, func(line []byte) error {
		rec := jiqiao.NewRecord(kind)
		all = append(all, rec)
		return json.Unmarshal(line, rec)
	})
	return all, err
}

func lines(data []byte, each func([]byte) error) error {
	scan := bufio.NewScanner(bytes.NewReader(data))
	scan.Buffer(nil, len(data)+1)
	for n := 1; scan.Scan(); n++ {
		if err := each(scan.Bytes()); err != nil {
			return fmt.Errorf("sample record in line %d: %w", n, err)
		}
	}
	return scan.Err()
}
