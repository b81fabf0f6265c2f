package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

const (
	benchBrokers    = 300
	benchCandidates = 50_000
	benchPerNeed    = 10
)

// needsAtOnce is how many needs one transaction fills.
const needsAtOnce = 100

// fillQueues gives 300 brokers 50,000 candidates, a third of them decided.
func fillQueues(b *testing.B, st *store.Store) {
	b.Helper()
	for first := 0; first < benchCandidates/benchPerNeed; first += needsAtOnce {
		var found []jiqiao.Candidate
		number := map[string]int{}
		for i := first; i < first+needsAtOnce; i++ {
			need := fmt.Sprintf("n_%020d", i)
			number[need] = i
			for j := range benchPerNeed {
				c := storetest.Candidate(need, fmt.Sprintf("a_%020d", j))
				c.Score = float64((i*7919+j*104729)%1000) / 1000
				c.Region = []string{"320981", "320900", "140400"}[i%3]
				found = append(found, c)
			}
		}
		place := func(c *jiqiao.Candidate, _ *jiqiao.Placing) {
			i := number[c.NeedID]
			c.Broker, c.Agency = fmt.Sprintf("u_%020d", i%benchBrokers), fmt.Sprintf("o_%020d", i%50)
			c.DueAt = time.Date(2026, 11, 1+i%40, 16, 0, 0, 0, time.UTC)
		}
		if _, err := st.FillCandidates(b.Context(), jiqiao.KindNeed, found[0], found, time.Time{}, place); err != nil {
			b.Fatal(err)
		}
	}
	operator := jiqiao.Deciding{User: "u_x", Scope: jiqiao.QueueScope{All: true}}
	var decisions []jiqiao.QueueDecision
	i := 0
	err := st.EachCandidate(b.Context(), jiqiao.CandidateQuery{Scope: operator.Scope}, func(c jiqiao.Candidate) error {
		if i++; i%3 == 0 {
			decisions = append(decisions, jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: "field"})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for part := range slices.Chunk(decisions, 500) {
		if _, err := st.DecideCandidates(b.Context(), operator, part); err != nil {
			b.Fatal(err)
		}
	}
}

// percentiles reports the middle and the 99th hundredth of the times of each call, in milliseconds.
func percentiles(b *testing.B, call func(i int)) {
	b.Helper()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		call(i)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
}

// BenchmarkQueue measures what brokers and operators do all day, with 300 brokers and 50,000 candidates.
func BenchmarkQueue(b *testing.B) {
	benchBoth(b, func(b *testing.B, st *store.Store) {
		fillQueues(b, st)
		must := func(err error) {
			if err != nil {
				b.Helper()
				b.Fatal(err)
			}
		}
		who := func(i int) string { return fmt.Sprintf("u_%020d", i*37%benchBrokers) }
		open := []jiqiao.CandidateState{jiqiao.CandidateOpen}
		list := func(q jiqiao.CandidateQuery) {
			page, err := st.Candidates(b.Context(), q)
			must(err)
			if len(page.Items) == 0 {
				b.Fatalf("nothing found: %+v", q)
			}
		}
		sorts := []jiqiao.CandidateSort{jiqiao.CandidatesByDue, jiqiao.CandidatesByScore, jiqiao.CandidatesByNewest}
		b.Run("page", func(b *testing.B) {
			percentiles(b, func(i int) {
				list(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{Broker: who(i), Agency: "o_x"}, Broker: who(i), States: open, Sort: sorts[i%3], Limit: 50})
			})
		})
		b.Run("page-filtered", func(b *testing.B) {
			percentiles(b, func(i int) {
				list(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{Broker: who(i)}, Broker: who(i), MinLevel: 3, Field: "201", Sort: sorts[i%3], Limit: 50})
			})
		})
		b.Run("page-agency", func(b *testing.B) {
			percentiles(b, func(i int) {
				list(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{Broker: who(i), Agency: fmt.Sprintf("o_%020d", i%50)}, States: open, Sort: sorts[i%3], Limit: 50})
			})
		})
		b.Run("page-operator", func(b *testing.B) {
			percentiles(b, func(i int) {
				list(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true, Region: []string{"", "320000", "140400"}[i/3%3]}, States: open, Sort: sorts[i%3], Limit: 50})
			})
		})
		b.Run("next", func(b *testing.B) {
			percentiles(b, func(i int) {
				list(jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{Broker: who(i)}, Broker: who(i), States: open, FreeFor: who(i), Limit: 5})
			})
		})
		b.Run("load", func(b *testing.B) {
			percentiles(b, func(i int) {
				_, err := st.QueueLoads(b.Context(), who(i), time.Now().Add(-7*24*time.Hour), time.Now())
				must(err)
			})
		})
		b.Run("loads-of-all", func(b *testing.B) {
			percentiles(b, func(int) {
				_, err := st.QueueLoads(b.Context(), "", time.Now().Add(-7*24*time.Hour), time.Now())
				must(err)
			})
		})
		b.Run("lease", func(b *testing.B) {
			benchUndecided(b, st, func(by jiqiao.Deciding, c jiqiao.Candidate, _ int) {
				_, err := st.LeaseCandidate(b.Context(), by, c.ID, time.Now().Add(time.Minute))
				must(err)
			})
		})
		b.Run("decision", func(b *testing.B) {
			benchUndecided(b, st, func(by jiqiao.Deciding, c jiqiao.Candidate, i int) {
				d := jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueAccept}
				if i%2 == 1 {
					d.Verb, d.Reason = jiqiao.QueueReject, "cost"
				}
				results, err := st.DecideCandidates(b.Context(), by, []jiqiao.QueueDecision{d})
				must(err)
				if results[0].Error != nil {
					b.Fatal(results[0].Error)
				}
			})
		})
	})
}

// benchUndecided measures something that is done with one undecided candidate after the other.
func benchUndecided(b *testing.B, st *store.Store, do func(jiqiao.Deciding, jiqiao.Candidate, int)) {
	var all []jiqiao.Candidate
	err := st.EachCandidate(context.Background(), jiqiao.CandidateQuery{
		Scope: jiqiao.QueueScope{All: true}, States: []jiqiao.CandidateState{jiqiao.CandidateOpen}, Sort: jiqiao.CandidatesByScore,
	}, func(c jiqiao.Candidate) error {
		all = append(all, c)
		return nil
	})
	if err != nil || len(all) == 0 {
		b.Fatal(len(all), err)
	}
	percentiles(b, func(i int) {
		c := all[i%len(all)]
		do(storetest.As(c.Broker), c, i)
	})
}
