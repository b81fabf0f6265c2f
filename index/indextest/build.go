// Package indextest holds what tests of the index share: builders of records, a store in memory, and the conformance
// suite that every search engine passes.
package indextest

import (
	"fmt"
	"time"

	"jiqiao"
)

// Day is the n-th day of 2026, in UTC, the clock of all records built here.
func Day(n int) time.Time { return time.Date(2026, 1, n, 4, 0, 0, 0, time.UTC) }

// Option changes a record being built.
type Option func(jiqiao.Record)

// Need is a published need created on Day n, whose id is made of n.
func Need(n int, title, problem string, options ...Option) *jiqiao.Need {
	rec := &jiqiao.Need{Header: header(fmt.Sprintf("n_%020d", n), n, title), Problem: problem}
	apply(rec, options)
	return rec
}

// Achievement is a published achievement created on Day n, whose id is made of n.
func Achievement(n int, title, abstract string, options ...Option) *jiqiao.Achievement {
	rec := &jiqiao.Achievement{Header: header(fmt.Sprintf("a_%020d", n), n, title), Abstract: abstract}
	apply(rec, options)
	return rec
}

func header(id string, n int, title string) jiqiao.Header {
	return jiqiao.Header{ID: id, Version: 1, Status: jiqiao.StatusPublished, Title: title, CreatedAt: Day(n), UpdatedAt: Day(n)}
}

func apply(rec jiqiao.Record, options []Option) {
	for _, o := range options {
		o(rec)
	}
}

// With changes the header.
func With(change func(*jiqiao.Header)) Option { return func(r jiqiao.Record) { change(r.Head()) } }

// Industry sets the industries.
func Industry(codes ...string) Option { return With(func(h *jiqiao.Header) { h.Industries = codes }) }

// Region sets the region.
func Region(code string) Option { return With(func(h *jiqiao.Header) { h.Region = code }) }

// Status sets the status.
func Status(s jiqiao.Status) Option { return With(func(h *jiqiao.Header) { h.Status = s }) }

// Keywords sets the keywords.
func Keywords(words ...string) Option { return With(func(h *jiqiao.Header) { h.Keywords = words }) }

// Price sets the price in 万元.
func Price(wan int64) Option { return With(func(h *jiqiao.Header) { h.Price = jiqiao.WanYuan(wan) }) }

// Until sets the last day.
func Until(d jiqiao.Date) Option { return With(func(h *jiqiao.Header) { h.ValidUntil = d }) }

// Owner sets the organisation.
func Owner(id, name string) Option {
	return With(func(h *jiqiao.Header) { h.Owner = jiqiao.OrganisationRef{ID: id, Name: name} })
}

// Disclosure sets who may see it.
func Disclosure(d jiqiao.Disclosure) Option {
	return With(func(h *jiqiao.Header) { h.Disclosure = d })
}

// TRL sets an achievement's readiness or a need's lowest.
func TRL(n int) Option {
	return func(r jiqiao.Record) {
		switch r := r.(type) {
		case *jiqiao.Need:
			r.MinTRL = n
		case *jiqiao.Achievement:
			r.TRL = n
		}
	}
}
