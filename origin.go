package jiqiao

import "context"

// Origin is who acts and from where, for the audit. It travels in the context from the edge (HTTP, command line, job) to
// the store, which writes it beside what was done.
type Origin struct {
	Viewer
	// Address is the client's, empty for commands and jobs; Request the id of the HTTP request or of the job.
	Address string
	Request string
}

type originKey struct{}

// WithOrigin is ctx of what o does.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf is who acts in ctx; the zero Origin is the service itself.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// Ref names an object of the service.
type Ref struct {
	// Type is the object's kind: need, achievement, organisation, user, candidate, introduction, deal, …
	Type string `json:"type"`
	ID   string `json:"id"`
}
