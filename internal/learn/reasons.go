package learn

import "jiqiao"

// lesson is what a rejection teaches: how much it counts, and which part of the model it may change. What the texts say
// is one part, what the fields of the forms say (readiness, price, region) the other.
type lesson struct {
	weight      float64
	text, facts bool
}

// lessons by code of the list "rejection". A match that failed on price or readiness was still a match in words: it must
// not teach that the words were wrong. A need that changed or was solved teaches nothing.
var lessons = map[string]lesson{
	"field":        {weight: 1, text: true, facts: true},
	"immature":     {weight: 1, facts: true},
	"metrics":      {weight: 1, facts: true},
	"cost":         {weight: 1, facts: true},
	"rights":       {weight: 1, facts: true},
	"price":        {weight: 0.5, facts: true},
	"funds":        {weight: 0.5, facts: true},
	"no_advantage": {weight: 0.2, text: true, facts: true},
	"business":     {weight: 0.2, facts: true},
	"other":        {weight: 0.2, text: true, facts: true},
	"unclear":      {weight: 0.05, text: true},
	"no_answer":    {},
	"changed":      {},
	"solved":       {},
}

// lessonOf is what a decision teaches against its match; nothing unless it is a rejection.
func lessonOf(d *jiqiao.Decision) lesson {
	if d.Verb != jiqiao.VerbReject {
		return lesson{}
	}
	return lessons[d.Reason]
}
