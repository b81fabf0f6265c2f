package sample

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// The nine industries that the sample covers, as named in the external ids.
var industries = []string{"半导体光电", "新材料", "大数据与信创", "光伏", "氢能", "装备制造", "医药健康", "固废利用", "现代农业"}

func load[T any](t *testing.T, read func() ([]T, error)) []T {
	t.Helper()
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOrganisations(t *testing.T) {
	names, codes, kinds := map[string]bool{}, map[string]bool{}, map[jiqiao.OrganisationKind]int{}
	for _, o := range load(t, Organisations) {
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
		for _, w := range o.Warnings() {
			t.Errorf("%s: %s: %s", o.Name, w.Field, w.Message)
		}
		if names[o.Name] || codes[o.CreditCode] {
			t.Errorf("%s %s: twice", o.Name, o.CreditCode)
		}
		names[o.Name], codes[o.CreditCode] = true, true
		kinds[o.Kind]++
		fictitious(t, o.Name, o.Contact)
	}
	for _, item := range kindsOf(t) {
		if kinds[jiqiao.OrganisationKind(item.Code)] == 0 {
			t.Errorf("no organisation is a %s", item.Label)
		}
	}
}

func kindsOf(t *testing.T) []jiqiao.CodeItem {
	t.Helper()
	list, ok := jiqiao.LookupList("organisation_kind")
	if !ok {
		t.Fatal("no list of kinds")
	}
	return list.Items
}

// records are both sides.
func records() ([]jiqiao.Record, error) {
	needs, err := Records(jiqiao.KindNeed)
	if err != nil {
		return nil, err
	}
	achievements, err := Records(jiqiao.KindAchievement)
	return append(needs, achievements...), err
}

// fictitious checks that no contact can reach a real person.
func fictitious(t *testing.T, of string, c jiqiao.Contact) {
	t.Helper()
	_, local, _ := strings.Cut(c.Phone, "-")
	if c.Mobile != "" || !strings.HasPrefix(local, "0") || !strings.HasSuffix(c.Email, "@example.com") {
		t.Errorf("%s: contact %+v may be somebody's", of, c)
	}
}

func TestRecords(t *testing.T) {
	owners := make(map[string]string)
	for _, o := range load(t, Organisations) {
		owners[o.Name] = o.CreditCode
	}
	titles, ids := map[string]bool{}, map[string]bool{}
	count := map[jiqiao.Kind]map[string]int{jiqiao.KindNeed: {}, jiqiao.KindAchievement: {}}
	for _, r := range load(t, records) {
		h := r.Head()
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v", h.Title, err)
		}
		for _, w := range r.Warnings() {
			t.Errorf("%s: %s: %s", h.Title, w.Field, w.Message)
		}
		if h.ID != "" || h.Version != 0 {
			t.Errorf("%s: has an id", h.Title)
		}
		if code, ok := owners[h.Owner.Name]; !ok || code != h.Owner.CreditCode {
			t.Errorf("%s: owner %+v is not among the organisations", h.Title, h.Owner)
		}
		if titles[h.Title] || ids[h.ExternalID] {
			t.Errorf("%s %s: twice", h.Title, h.ExternalID)
		}
		titles[h.Title], ids[h.ExternalID] = true, true
		if n := len(h.Keywords); n < 3 || n > 5 {
			t.Errorf("%s: %d keywords, want 3 to 5", h.Title, n)
		}
		fictitious(t, h.Title, h.Contact)
		industry := strings.Split(h.ExternalID, "-")
		count[r.Kind()][industry[1]]++
	}
	for _, name := range industries {
		if count[jiqiao.KindNeed][name] < 6 || count[jiqiao.KindAchievement][name] < 14 {
			t.Errorf("%s: %d needs, %d achievements", name, count[jiqiao.KindNeed][name], count[jiqiao.KindAchievement][name])
		}
	}
	if len(count[jiqiao.KindNeed]) != len(industries) || len(count[jiqiao.KindAchievement]) != len(industries) {
		t.Errorf("industries %v", count)
	}
}

// Normalise must find nothing to tidy in data that we wrote ourselves.
func TestRecordsAreNormal(t *testing.T) {
	tidied := load(t, records)
	for i, r := range load(t, records) {
		jiqiao.Normalise(tidied[i])
		if diff := cmp.Diff(r, tidied[i]); diff != "" {
			t.Errorf("%s: %s", r.Head().Title, diff)
		}
	}
}

func TestNeeds(t *testing.T) {
	needs := load(t, Needs)
	if len(needs) < 60 {
		t.Errorf("%d needs, want at least 60", len(needs))
	}
	prices := map[string]int{}
	for _, n := range needs {
		between(t, n.Title, "problem", n.Problem, 100, 320)
		for name, text := range map[string]string{"background": n.Background, "constraints": n.Constraints, "foundation": n.Foundation} {
			between(t, n.Title, name, text, 12, 200)
		}
		if len(n.Metrics) < 2 || n.Category == "" || len(n.Cooperation) == 0 || n.ValidUntil == "" || n.Deadline == "" {
			t.Errorf("%s: incomplete: %+v", n.Title, n)
		}
		prices[n.Price.Bucket()]++
	}
	for _, bucket := range []string{"50to200", "200to500", "gt500", "negotiable", "unstated"} {
		if prices[bucket] == 0 {
			t.Errorf("no need with the budget %s: %v", bucket, prices)
		}
	}
}

func TestAchievements(t *testing.T) {
	achievements := load(t, Achievements)
	if len(achievements) < 150 {
		t.Errorf("%d achievements, want at least 150", len(achievements))
	}
	stages := map[string]int{}
	for _, a := range achievements {
		between(t, a.Title, "abstract", a.Abstract, 120, 320)
		between(t, a.Title, "innovations", a.Innovations, 12, 200)
		between(t, a.Title, "applications", a.Applications, 6, 120)
		if len(a.Metrics) == 0 || len(a.IPs) == 0 || len(a.Team) == 0 || a.CompletedOn == "" || len(a.Subjects) == 0 {
			t.Errorf("%s: incomplete: %+v", a.Title, a)
		}
		for _, ip := range a.IPs {
			if number := strings.TrimPrefix(ip.Number, "ZL"); number != "" && number[4:6] != "00" {
				t.Errorf("%s: patent number %s may be somebody's", a.Title, ip.Number)
			}
		}
		stages[a.Maturity]++
	}
	for _, stage := range []string{"researching", "sample", "lab", "pilot", "production"} {
		if stages[stage] < 3 {
			t.Errorf("maturity %s: %d achievements", stage, stages[stage])
		}
	}
}

func between(t *testing.T, title, field, text string, low, high int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n < low || n > high {
		t.Errorf("%s: %s has %d characters, want %d to %d", title, field, n, low, high)
	}
}

// Texts must be about their subject, not filled from a template: no sentence may stand in two records.
func TestNoSentenceTwice(t *testing.T) {
	seen := make(map[string]string)
	for _, r := range load(t, records) {
		for _, s := range r.Sections() {
			if s.Field == jiqiao.FieldKeywords || s.Label == "技术指标" {
				continue
			}
			for _, sentence := range strings.FieldsFunc(s.Text, func(r rune) bool { return strings.ContainsRune("。；;", r) }) {
				if utf8.RuneCountInString(sentence) < 15 {
					continue
				}
				if first, twice := seen[sentence]; twice && first != r.Head().Title {
					t.Errorf("%q stands in %s and %s", sentence, first, r.Head().Title)
				}
				seen[sentence] = r.Head().Title
			}
		}
	}
}

func TestJudgements(t *testing.T) {
	needs, achievements := map[string]*jiqiao.Need{}, map[string]*jiqiao.Achievement{}
	for _, n := range load(t, Needs) {
		needs[n.Title] = n
	}
	for _, a := range load(t, Achievements) {
		achievements[a.Title] = a
	}
	type pair struct{ need, achievement string }
	seen, best := map[pair]bool{}, map[string]jiqiao.Level{}
	judged := load(t, Judgements)
	for _, j := range judged {
		if needs[j.Need] == nil || achievements[j.Achievement] == nil {
			t.Errorf("%s / %s: no such record", j.Need, j.Achievement)
		}
		if j.Level < jiqiao.LevelNone || j.Level > jiqiao.LevelStrong || utf8.RuneCountInString(j.Reason) < 8 {
			t.Errorf("%s / %s: level %d, reason %q", j.Need, j.Achievement, j.Level, j.Reason)
		}
		if p := (pair{j.Need, j.Achievement}); seen[p] {
			t.Errorf("%v: judged twice", p)
		}
		seen[pair{j.Need, j.Achievement}] = true
		best[j.Need] = max(best[j.Need], j.Level)
	}
	if len(judged) < 150 || len(best) != len(needs) {
		t.Errorf("%d pairs over %d of %d needs", len(judged), len(best), len(needs))
	}
	share := map[jiqiao.Level]int{}
	for _, level := range best {
		share[level]++
	}
	if fits, near, none := share[4], share[3], share[2]+share[1]; fits < 20 || near < 20 || none < 12 {
		t.Errorf("%d needs with a fit, %d with a near miss, %d with no partner", fits, near, none)
	}
}
