package sheet

import (
	"iter"

	"jiqiao"
)

// sequence yields the records and then the error, if there is one.
func sequence(records []jiqiao.Record, err error) iter.Seq2[jiqiao.Record, error] {
	return func(yield func(jiqiao.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}
