package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

// AlertStore keeps subscriptions and alerts; the store does.
type AlertStore interface {
	Recipients
	ActiveSubscriptions(ctx context.Context, after string, limit int) ([]jiqiao.Subscription, error)
	SubscriptionSeen(ctx context.Context, id string, until time.Time) error
	// AddAlert keeps an alert, of which TellNew tells; what was added before is not new.
	AddAlert(ctx context.Context, a *jiqiao.Alert) (bool, error)
	NewAlertUsers(ctx context.Context, after string, limit int) ([]string, error)
	// TellNew tells of a person's new alerts in one notice while there were fewer than perWeek of these in seven days; else
	// they wait for the digest.
	TellNew(ctx context.Context, user string, perWeek int, tell func([]jiqiao.Alert) jiqiao.Notice) error
	DigestUsers(ctx context.Context, after string, limit int) ([]string, error)
	TellDigest(ctx context.Context, user string, tell func([]jiqiao.Alert) jiqiao.Notice) error
}

// ChangeLog says what changed; the store does.
type ChangeLog interface {
	Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error)
	LastSeq(ctx context.Context) (int64, error)
	// Followed is how far a reader has come, -1 for a new one; Follow notes it.
	Followed(ctx context.Context, name string) (int64, error)
	Follow(ctx context.Context, name string, seq int64) error
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
}

// Searcher finds records; the catalog does.
type Searcher interface {
	Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error)
}

// Matcher finds the matches of a record.
type Matcher interface {
	Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
}

// Alerts tells people of records they wait for, and of matches of their own organisation's records, both sides. Whatever
// it says was found, and is quoted, with the recipient's own rights.
type Alerts struct {
	Store    AlertStore
	Log      ChangeLog
	Searcher Searcher
	Matcher  Matcher
	// Ready waits until search and matcher have seen what changed. Optional.
	Ready func(context.Context) error
	// Progress hears how far the work is. Optional.
	Progress func(ctx context.Context, stage string, done, total int)
	Now      func() time.Time
	Logger   *slog.Logger
}

const (
	// follower is the name under which the place in the change log is kept.
	follower = "alerts"
	// changePage is after how many changes the place is kept.
	changePage = 50
	// matchesPerRecord bounds what one changed record may alert of on either side.
	matchesPerRecord = 5
	// overlap is by how much the search for what changed goes back: the index may be behind. Nobody hears of a record twice.
	overlap = 30 * time.Minute
	// searchPage and searchPages bound what one subscription finds at a time.
	searchPage  = 50
	searchPages = 10
	// maxQuote bounds a quoted sentence, in characters.
	maxQuote = 80
)

// Handle does the job of telling what changed since the last time.
func (a *Alerts) Handle(ctx context.Context, _ jiqiao.Job) error {
	now := a.Now()
	if a.Ready != nil {
		if err := a.Ready(ctx); err != nil {
			return err
		}
	}
	if err := a.followChanges(ctx); err != nil {
		return err
	}
	if err := a.searchAll(ctx, now); err != nil {
		return err
	}
	return a.tellNew(ctx)
}

// tellNew tells everybody in one message what this round found, and what one that was cut off did: an import changes
// hundreds of records.
func (a *Alerts) tellNew(ctx context.Context) error {
	for after := ""; ; {
		users, err := a.Store.NewAlertUsers(ctx, after, tellPage)
		if err != nil || len(users) == 0 {
			return err
		}
		preferences, err := a.Store.PreferencesOf(ctx, users)
		if err != nil {
			return err
		}
		for _, user := range users {
			if err := a.Store.TellNew(ctx, user, preferences[user].AlertsPerWeek, roundNotice); err != nil {
				return err
			}
		}
		after = users[len(users)-1]
	}
}

// followChanges tells the owners of what changed, and of what it matches. A new reader begins at the end of the log: the
// past is no news.
func (a *Alerts) followChanges(ctx context.Context) error {
	seq, err := a.Log.Followed(ctx, follower)
	if err != nil {
		return err
	}
	last, err := a.Log.LastSeq(ctx)
	if err != nil {
		return err
	}
	if seq < 0 || seq > last { // a restored database begins a new log
		return a.Log.Follow(ctx, follower, last)
	}
	first := seq
	for {
		changes, err := a.Log.Changes(ctx, seq, changePage)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, c := range latest(changes) {
			if err := a.changed(ctx, c); err != nil {
				return err
			}
		}
		seq = changes[len(changes)-1].Seq
		if err := a.Log.Follow(ctx, follower, seq); err != nil {
			return err
		}
		a.progress(ctx, "匹配提醒", int(seq-first), int(last-first))
	}
}

func (a *Alerts) progress(ctx context.Context, stage string, done, total int) {
	if a.Progress != nil {
		a.Progress(ctx, stage, done, max(total, done))
	}
}

// latest keeps the last change of each record.
func latest(changes []jiqiao.Change) []jiqiao.Change {
	at := map[string]int{}
	for i, c := range changes {
		at[c.ID] = i
	}
	var kept []jiqiao.Change
	for i, c := range changes {
		if at[c.ID] == i && c.Op == jiqiao.ChangePut && c.Kind.Valid() {
			kept = append(kept, c)
		}
	}
	return kept
}

// changed tells both sides of the matches of a record that stands published.
func (a *Alerts) changed(ctx context.Context, c jiqiao.Change) error {
	rec, err := a.Log.Get(ctx, c.Kind, c.ID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return nil
	case err != nil:
		return err
	case rec.Head().Status != jiqiao.StatusPublished:
		return nil
	}
	// With the public's rights: what it finds, everybody may see.
	q := jiqiao.MatchQuery{Filter: jiqiao.Viewer{}.Narrow(jiqiao.Filter{}), Limit: matchesPerRecord}
	list, err := a.Matcher.Match(ctx, jiqiao.Face(rec), q)
	if err != nil {
		return fmt.Errorf("match %s: %w", c.ID, err)
	}
	if list.Abstained {
		return nil
	}
	for i := range list.Matches {
		m := &list.Matches[i]
		if m.Level < jiqiao.LevelWeak || m.Record == nil || m.Record.Head().Owner.ID == rec.Head().Owner.ID {
			continue
		}
		if err := a.tellOwners(ctx, rec, m.Record, m); err != nil {
			return err
		}
		if err := a.tellOwners(ctx, m.Record, rec, m); err != nil {
			return err
		}
	}
	return nil
}

// tellOwners alerts the members of the organisation that owns own to a record that it matches.
func (a *Alerts) tellOwners(ctx context.Context, own, found jiqiao.Record, m *jiqiao.Match) error {
	owner := own.Head().Owner.ID
	if owner == "" {
		return nil
	}
	for after := ""; ; {
		page, err := a.Store.Recipients(ctx, jiqiao.Notice{Organisations: []string{owner}}, false, after, tellPage)
		if err != nil || len(page) == 0 {
			return err
		}
		preferences, err := a.Store.PreferencesOf(ctx, userIDs(page))
		if err != nil {
			return err
		}
		for _, r := range page {
			p := preferences[r.User]
			if !p.Alerts || m.Level < p.AlertLevel || !r.Sees(found) {
				continue
			}
			shown := r.Show(found)
			alert := jiqiao.Alert{
				User: r.User, Kind: found.Kind(), RecordID: found.Head().ID, OwnID: own.Head().ID,
				Title: shown.Head().Title, Subject: own.Head().Title, Why: "匹配程度：" + m.Level.Label() + "。" + whyMatch(shown, m),
			}
			if _, err := a.Store.AddAlert(ctx, &alert); err != nil {
				return err
			}
		}
		if len(page) < tellPage {
			return nil
		}
		after = page[len(page)-1].User
	}
}

func userIDs(list []jiqiao.Recipient) []string {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.User
	}
	return ids
}

// alertsNamed bounds the alerts that a message about several names.
const alertsNamed = 5

// roundNotice is the notice about what one round found for a person: of one thing by its title, of several with where all of
// them are listed.
func roundNotice(list []jiqiao.Alert) jiqiao.Notice {
	first := list[0]
	n := jiqiao.Notice{Users: []string{first.User}, Key: "alert:" + first.ID}
	if len(list) == 1 {
		n.Template, n.Object = "match.alert", jiqiao.Ref{Type: string(first.Kind), ID: first.RecordID}
		if first.Subscription != "" {
			n.Template = "match.search"
		}
		n.Data = map[string]string{"subject": first.Subject, "title": first.Title, "why": first.Why}
		return n
	}
	n.Template, n.Object = "match.several", listOf(list)
	n.Data = map[string]string{"count": strconv.Itoa(len(list))}
	if n.Object.ID != "" {
		n.Data["subject"] = first.Subject
	}
	var lines []string
	for i, al := range list[:min(len(list), alertsNamed)] {
		line := fmt.Sprintf("%d. %s", i+1, al.Title)
		if n.Object.ID == "" { // for several reasons
			line += "（" + al.Subject + "）"
		}
		lines = append(lines, line)
	}
	if rest := len(list) - alertsNamed; rest > 0 {
		lines = append(lines, fmt.Sprintf("……另有 %d 条", rest))
	}
	n.Data["list"] = strings.Join(lines, "\n")
	return n
}

// listOf is where the alerts can be seen together: what one subscription finds, the matches of one's own record, or without
// an id all of the kind.
func listOf(list []jiqiao.Alert) jiqiao.Ref {
	first := list[0]
	of := jiqiao.Ref{Type: "subscription", ID: first.Subscription}
	if first.Subscription == "" {
		of = jiqiao.Ref{Type: "matches", ID: first.OwnID}
	}
	for _, al := range list {
		if al.Subscription != first.Subscription || al.OwnID != first.OwnID {
			of.ID = ""
		}
		if al.OwnID != "" {
			of.Type = "matches"
		}
	}
	return of
}

// whyMatch is a sentence from what was found, and the words that both sides have. Only what the recipient may read is
// quoted.
func whyMatch(shown jiqiao.Record, m *jiqiao.Match) string {
	var why []string
	var terms []string
	for _, t := range m.Terms {
		if len(terms) < 3 && readable(shown, t.Term) {
			terms = append(terms, t.Term)
		}
	}
	if len(terms) > 0 {
		why = append(why, "双方都提到："+strings.Join(terms, "、")+"。")
	}
	for _, e := range m.Evidence {
		said := e.Achievement
		if shown.Kind() == jiqiao.KindNeed {
			said = e.Need
		}
		if text := textOf(said.Spans); readable(shown, text) {
			why = append(why, "其中写道：“"+clip(strings.TrimSpace(text), maxQuote)+"”")
			break
		}
	}
	if len(why) == 0 {
		return "整体内容相近。"
	}
	return strings.Join(why, "")
}

// readable reports whether the text stands in what the reader is shown.
func readable(shown jiqiao.Record, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return text != "" && slices.ContainsFunc(shown.Sections(), func(s jiqiao.Section) bool { return strings.Contains(strings.ToLower(s.Text), text) })
}

func textOf(spans []jiqiao.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// searchAll asks every subscription what it finds that is new.
func (a *Alerts) searchAll(ctx context.Context, now time.Time) error {
	done := 0
	for after := ""; ; {
		page, err := a.Store.ActiveSubscriptions(ctx, after, tellPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for i := range page {
			if err := a.searchOne(ctx, &page[i], now); err != nil {
				// One search that fails must not keep the others from being asked.
				if ctx.Err() != nil {
					return ctx.Err()
				}
				a.Logger.Error("a subscription cannot be asked", "subscription", page[i].ID, "err", err)
			}
		}
		done += len(page)
		a.progress(ctx, "订阅提醒", done, 0)
		after = page[len(page)-1].ID
	}
}

func (a *Alerts) searchOne(ctx context.Context, sub *jiqiao.Subscription, now time.Time) error {
	found, err := a.Store.Recipients(ctx, jiqiao.Notice{Users: []string{sub.User}}, false, "", 1)
	if err != nil || len(found) == 0 {
		return err
	}
	r := found[0]
	since := sub.SeenUntil.Add(-overlap)
	if since.Before(sub.CreatedAt) {
		since = sub.CreatedAt
	}
	q := sub.Query(r.Viewer, searchPage)
	for range searchPages {
		res, err := a.Searcher.Search(ctx, q)
		if err != nil {
			return err
		}
		older := len(res.Hits) == 0
		for _, h := range res.Hits {
			if h.Record == nil || !h.Record.Head().UpdatedAt.After(since) {
				older = true
				continue
			}
			if err := a.foundOne(ctx, sub, r, h); err != nil {
				return err
			}
		}
		if q.Cursor = res.Next; older || q.Cursor == "" {
			break
		}
	}
	return a.Store.SubscriptionSeen(ctx, sub.ID, now)
}

func (a *Alerts) foundOne(ctx context.Context, sub *jiqiao.Subscription, r jiqiao.Recipient, h jiqiao.Hit) error {
	if !r.Sees(h.Record) || h.Record.Head().Owner.ID != "" && h.Record.Head().Owner.ID == r.Organisation {
		return nil
	}
	shown := r.Show(h.Record)
	alert := jiqiao.Alert{
		User: r.User, Subscription: sub.ID, Kind: shown.Kind(), RecordID: h.ID, Title: shown.Head().Title, Subject: sub.Name,
		Why: whyFound(sub, shown, h),
	}
	_, err := a.Store.AddAlert(ctx, &alert)
	return err
}

// whyFound is the sentence that answers the saved search, or what else the subscription is for.
func whyFound(sub *jiqiao.Subscription, shown jiqiao.Record, h jiqiao.Hit) string {
	for _, s := range h.Snippets {
		marked := slices.ContainsFunc(s.Spans, func(sp jiqiao.Span) bool { return sp.Hit })
		if text := textOf(s.Spans); marked && readable(shown, text) {
			return s.Label + "写道：“" + clip(strings.TrimSpace(text), maxQuote) + "”"
		}
	}
	switch sub.Kind {
	case jiqiao.SubscribeField:
		return "属于您关注的技术领域。"
	case jiqiao.SubscribeOrganisation:
		return "由您关注的单位发布。"
	default:
		return "符合您保存的检索条件。"
	}
}

// HandleDigest does the job of the week's digest: what was over a person's limit, in one message.
func (a *Alerts) HandleDigest(ctx context.Context, _ jiqiao.Job) error {
	week := a.Now().In(beijing).Format(time.DateOnly)
	for after := ""; ; {
		users, err := a.Store.DigestUsers(ctx, after, tellPage)
		if err != nil || len(users) == 0 {
			return err
		}
		for _, user := range users {
			if err := a.Store.TellDigest(ctx, user, func(list []jiqiao.Alert) jiqiao.Notice { return digestNotice(user, week, list) }); err != nil {
				return err
			}
		}
		after = users[len(users)-1]
	}
}

// digestShown bounds the alerts that a digest names.
const digestShown = 20

func digestNotice(user, week string, list []jiqiao.Alert) jiqiao.Notice {
	var b strings.Builder
	for i, al := range list[:min(len(list), digestShown)] {
		fmt.Fprintf(&b, "%d. %s（%s）\n   %s\n", i+1, al.Title, al.Subject, al.Why)
	}
	if rest := len(list) - digestShown; rest > 0 {
		fmt.Fprintf(&b, "另有 %d 条，请登录检索。\n", rest)
	}
	return jiqiao.Notice{
		Template: "match.digest", Users: []string{user}, Key: "digest:" + user + ":" + week + ":" + list[0].ID,
		Data: map[string]string{"count": strconv.Itoa(len(list)), "list": strings.TrimSpace(b.String())},
	}
}
