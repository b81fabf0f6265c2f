package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jiqiao"
)

// What the cockpit counts at the moment of asking; sums over time are in figures.go.

// inRegions restricts a column of GB/T 2260 codes to regions with what lies in them.
func inRegions(column string, regions []string) (condition string, args []any) {
	if len(regions) == 0 {
		return `1 = 1`, nil
	}
	parts := make([]string, len(regions))
	for i, r := range regions {
		if r == jiqiao.Unstated {
			parts[i] = column + ` = ''`
			continue
		}
		parts[i] = column + ` LIKE ?`
		args = append(args, jiqiao.RegionPrefix(clean(r))+"%")
	}
	return `(` + strings.Join(parts, ` OR `) + `)`, args
}

// among restricts a column to the codes themselves.
func among(column string, codes []string) (condition string, args []any) {
	if len(codes) == 0 {
		return `1 = 1`, nil
	}
	for _, code := range codes {
		if code == jiqiao.Unstated {
			code = ""
		}
		args = append(args, clean(code))
	}
	args = padded(args)
	return column + ` IN (` + marks(len(args)) + `)`, args
}

// Exposures counts, for each published record of a side within the regions, the candidates that it is or was in; the
// counts come in no order.
func (s *Store) Exposures(ctx context.Context, kind jiqiao.Kind, regions []string) ([]int64, error) {
	column := "achievement_id"
	if kind == jiqiao.KindNeed {
		column = "need_id"
	}
	// The facts of a record have its region.
	where, args := inRegions("f.region", regions)
	var counts []int64
	query := `SELECT coalesce(c.n, 0) FROM records r
		LEFT JOIN (SELECT ` + column + ` AS id, count(*) AS n FROM candidates GROUP BY ` + column + `) c ON c.id = r.id
		JOIN facts f ON f.object_type = r.kind AND f.object_id = r.id AND f.line = 0
		WHERE r.kind = ? AND r.status = 'published' AND r.deleted_at IS NULL AND ` + where
	err := s.reader().each(ctx, query, append([]any{string(kind)}, args...), func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		counts = append(counts, n)
		return err
	})
	return counts, wrap("count exposures", err)
}

// waitingCounts are the kinds of waiting that are counted by age, with their labels.
var waitingCounts = []struct{ what, label string }{
	{"candidates", "待处理的候选"}, {"answers", "待答复的对接"}, {"reviews", "待审核的记录"},
}

// Waiting counts what waits, by how long: since before each of the moments, which go back in time.
func (s *Store) Waiting(ctx context.Context, regions []string, clock jiqiao.WaitingClock, before []time.Time) ([]jiqiao.Ageing, error) {
	var all []jiqiao.Ageing
	for _, w := range waitingCounts {
		source := waitingSources[w.what]
		a := jiqiao.Ageing{What: w.what, Label: w.label, Counts: make([]int, len(before)+1)}
		where, args := inRegions(source.region, regions)
		older := make([]int, len(before))
		late, bound := source.late(clock)
		sums := []string{`count(*)`, `count(CASE WHEN ` + late + ` < ? THEN 1 END)`}
		dest := []any{&a.Total, &a.Late}
		given := []any{bound}
		for i, moment := range before {
			sums = append(sums, `count(CASE WHEN `+source.since+` < ? THEN 1 END)`)
			given, dest = append(given, micros(moment)), append(dest, &older[i])
		}
		err := s.reader().row(ctx, `SELECT `+strings.Join(sums, ", ")+` FROM `+source.from+` AND `+where, append(given, args...), dest...)
		if err != nil {
			return nil, wrap("count what waits", err)
		}
		last := a.Total
		for i, n := range older {
			a.Counts[i] = last - n
			last = n
		}
		a.Counts[len(before)] = last
		all = append(all, a)
	}
	return all, nil
}

// BrokerLoads lists the brokers with what is in their queues, by name. Within regions only those that have something of
// the regions, or are at home there.
func (s *Store) BrokerLoads(ctx context.Context, regions []string, now time.Time) ([]jiqiao.BrokerFigures, error) {
	where, args := inRegions("region", regions)
	at, more := inRegions("u.region", regions)
	inHand := waitingSources["load"]
	query := `SELECT u.id, u.name, u.broker, coalesce(c.waiting, 0), coalesce(c.late, 0) FROM users u
		LEFT JOIN (SELECT broker, count(*) AS waiting, count(CASE WHEN ` + inHand.due + ` < ? THEN 1 END) AS late
			FROM ` + inHand.from + ` AND ` + where + ` GROUP BY broker) c ON c.broker = u.id
		WHERE u.role = 'broker' AND (c.waiting > 0 OR u.state = 'active' AND ` + at + `) ORDER BY u.name_key, u.id`
	var all []jiqiao.BrokerFigures
	err := s.reader().each(ctx, query, append(append([]any{micros(now)}, args...), more...), func(scan func(...any) error) error {
		var (
			b       jiqiao.BrokerFigures
			profile string
		)
		if err := scan(&b.Broker, &b.Name, &profile, &b.Open, &b.Late); err != nil {
			return err
		}
		if profile != "" {
			var p jiqiao.BrokerProfile
			if err := json.Unmarshal([]byte(profile), &p); err != nil {
				return fmt.Errorf("decode the broker's profile of %s: %w", b.Broker, err)
			}
			b.Capacity = p.Capacity
		}
		all = append(all, b)
		return nil
	})
	return all, wrap("count brokers' loads", err)
}

// UserNames are the names of the accounts, by id; those that are not there are left out.
func (s *Store) UserNames(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	for start := 0; start < len(ids); start += maxArgs {
		var args []any
		for _, id := range ids[start:min(start+maxArgs, len(ids))] {
			args = append(args, clean(id))
		}
		args = padded(args)
		err := s.reader().each(ctx, `SELECT id, name FROM users WHERE id IN (`+marks(len(args))+`)`, args, func(scan func(...any) error) error {
			var id, name string
			err := scan(&id, &name)
			names[id] = name
			return err
		})
		if err != nil {
			return nil, wrap("read names", err)
		}
	}
	return names, nil
}
