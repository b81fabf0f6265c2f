package index

import (
	"context"

	"jiqiao"
)

// Admits is the filter ready to be asked about one id after another, as Allowed would answer, under the present state
// of the index. It is safe for concurrent use.
func (x *Index) Admits(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter) (func(id string) bool, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return nil, err
	}
	keep, side := st.symbols.filter(f).keep, st.sides[kind]
	return func(id string) bool {
		_, c, ok := side.Find(id)
		return ok && keep(c)
	}, nil
}
