package matcher

import (
	"context"

	"jiqiao"
)

// Recaller names the candidates that are worth scoring; the index is one.
type Recaller interface {
	// Recall lists ids of the side q.Kind that pass the filter, the likeliest first, at most q.Limit.
	Recall(ctx context.Context, q RecallQuery) ([]string, error)
}

// RecallQuery asks for candidates.
type RecallQuery struct {
	Kind    jiqiao.Kind   // the side looked for
	Subject jiqiao.Record // of the other side; its sections are the query
	Filter  jiqiao.Filter
	Limit   int
}
