package matcher

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"jiqiao"
	"jiqiao/index/zh"
)

// Records reads records; the store is one.
type Records interface {
	// GetMany answers the records in the order of ids, leaving out those that are gone.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
}

// Options wire a Matcher. Collection, Recaller, Records and Analyzer are required.
type Options struct {
	Collection *Collection
	Recaller   Recaller
	Records    Records
	// Semantics knows records by an embedding model; nil without one.
	Semantics Semantics
	// Analyzer answers the analyzer in use, for explanations; zh.Holder.Get is one.
	Analyzer func() *zh.Analyzer
	// Generation stamps answers with the state of the index; nil leaves it empty.
	Generation func() string
	// Now is the clock for what has expired; nil is time.Now.
	Now func() time.Time
	// Candidates is the depth of each recall; 0 is DefaultCandidates.
	Candidates int
}

// Matcher answers which records of the other side fit a record. It is safe for concurrent use.
type Matcher struct {
	o          Options
	collection atomic.Pointer[Collection]
}

// New makes a matcher.
func New(o Options) *Matcher {
	if o.Generation == nil {
		o.Generation = func() string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Candidates == 0 {
		o.Candidates = DefaultCandidates
	}
	m := &Matcher{o: o}
	m.collection.Store(o.Collection)
	return m
}

// Collection is the one that answers now. Whoever asks it twice for one answer keeps it.
func (m *Matcher) Collection() *Collection { return m.collection.Load() }

// Swap makes another collection answer from now on; answers under way finish with the one they began with.
func (m *Matcher) Swap(c *Collection) { m.collection.Store(c) }

// Match ranks the records of the other side for a subject, stored or not.
func (m *Matcher) Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	if err := q.Validate(); err != nil {
		return jiqiao.MatchList{}, err
	}
	q = q.Normalise()
	kind := subject.Kind().Other()
	list := jiqiao.MatchList{Kind: kind, Generation: m.o.Generation(), Matches: []jiqiao.Match{}}
	c := m.Collection()
	sense, degraded := m.sense(ctx, subject, true)
	list.Degraded = degraded
	ranked, err := c.Search(ctx, m.o.Recaller, RecallQuery{
		Kind: kind, Subject: subject, Filter: q.Filter, Limit: m.o.Candidates, Sense: sense,
	})
	if err != nil {
		return jiqiao.MatchList{}, err
	}
	list.Total = len(ranked)
	page := ranked[min(q.Offset, len(ranked)):min(q.Offset+q.Limit, len(ranked))]
	if list.Abstained = c.abstains(ranked); list.Abstained {
		list.Message = abstention(kind, nil, nil)
	}
	if len(page) == 0 {
		return list, nil
	}
	ids := make([]string, len(page))
	for i, s := range page {
		ids[i] = s.ID
	}
	recs, err := m.o.Records.GetMany(ctx, kind, ids)
	if err != nil {
		return jiqiao.MatchList{}, fmt.Errorf("read matched records: %w", err)
	}
	list.Matches = m.show(c, subject, page, recs, q)
	if list.Abstained && q.Offset == 0 { // further pages do not hold the nearest
		list.Message = abstention(kind, list.Matches, page)
	}
	return list, nil
}

// Explain scores and explains one pair, as Match does when it lists the achievement for the need. The explanation quotes
// what the access shows of the two; ask whether it sees them first.
func (m *Matcher) Explain(ctx context.Context, access jiqiao.Access, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Match, error) {
	if err := ctx.Err(); err != nil {
		return jiqiao.Match{}, err
	}
	c := m.Collection()
	scored := c.ScorePair(need, achievement)
	return m.explained(c, access.Show(need), []Scored{scored}, []jiqiao.Record{access.Show(achievement)}, false)[0], nil
}

// MatchText ranks the records of the other side for a pasted text of the given side.
func (m *Matcher) MatchText(ctx context.Context, kind jiqiao.Kind, text string, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	subject, err := ParseText(kind, text)
	if err != nil {
		return jiqiao.MatchList{}, err
	}
	return m.Match(ctx, subject, q)
}

// show makes the page, and says of both sides what the asker may see of them. A record deleted since the recall is
// missing from recs and left out, as is one that was hidden.
func (m *Matcher) show(c *Collection, subject jiqiao.Record, page []Scored, recs []jiqiao.Record, q jiqiao.MatchQuery) []jiqiao.Match {
	access := q.Filter.Access
	byID := make(map[string]jiqiao.Record, len(recs))
	for _, r := range recs {
		byID[r.Head().ID] = r
	}
	var scored []Scored
	var shown []jiqiao.Record
	for _, s := range page {
		if rec, ok := byID[s.ID]; ok && access.Sees(rec) {
			scored, shown = append(scored, s), append(shown, access.Show(rec))
		}
	}
	return m.explained(c, access.Show(subject), scored, shown, q.Brief)
}

// explained are the matches of a subject with records, which were scored in the same order.
func (m *Matcher) explained(c *Collection, subject jiqiao.Record, scored []Scored, recs []jiqiao.Record, brief bool) []jiqiao.Match {
	matches := make([]jiqiao.Match, len(recs))
	features := make([]Features, len(recs))
	for i, rec := range recs {
		matches[i], features[i] = match(c.Model(), subject, rec, scored[i]), scored[i].Features
	}
	if !brief && len(matches) > 0 {
		e := c.newExplainer(m.o.Analyzer(), subject, m.o.Now())
		defer e.close()
		e.explain(matches, features)
	}
	return matches
}

func match(model string, subject, other jiqiao.Record, s Scored) jiqiao.Match {
	m := jiqiao.Match{
		Score:         s.Score,
		Level:         s.Level,
		LevelLabel:    s.Level.Label(),
		Probabilities: s.Probabilities,
		Model:         model,
		Record:        other,
	}
	m.NeedID, m.AchievementID = subject.Head().ID, other.Head().ID
	if subject.Kind() == jiqiao.KindAchievement {
		m.NeedID, m.AchievementID = m.AchievementID, m.NeedID
	}
	return m
}
