package api

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"jiqiao"
)

// filterSamples is a value for every field of a filter that a request may set, by its name in JSON.
var filterSamples = map[string]string{
	"industries": "C39", "fields": "201", "emerging": "3.1", "regions": "320900", "cooperation": "joint",
	"organisations": "o_1", "statuses": "published", "years": "2026", "budgets": "lt50", "trl_min": "4", "trl_max": "6",
}

// eachFilterField calls fn for the fields of jiqiao.Filter that a request may set. A new field without a sample fails.
func eachFilterField(t *testing.T, fn func(t *testing.T, field, name, value string)) {
	filter := reflect.TypeFor[jiqiao.Filter]()
	for i := range filter.NumField() {
		name, _, _ := strings.Cut(filter.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			value, ok := filterSamples[name]
			if !ok {
				t.Fatalf("no sample of %s: is it a parameter, and described?", name)
			}
			fn(t, filter.Field(i).Name, name, value)
		})
	}
}

// A filter that is read in one place and forgotten in another would find, count, match or export too much in silence.
func TestEveryFilterReachesEveryQuestion(t *testing.T) {
	w := newWorld(t)
	n := need("研制碳化硅功率器件")
	w.put(n)
	eachFilterField(t, func(t *testing.T, field, name, value string) {
		w.t = t
		set := func(f jiqiao.Filter) bool { return !reflect.ValueOf(f).FieldByName(field).IsZero() }
		for _, path := range []string{"/search?kind=need&", "/facets?kind=need&", "/needs?", "/exports/need.jsonl?q=x&", "/exports/need.jsonl?limit=1&"} {
			w.desk.asked = jiqiao.SearchQuery{}
			rec := w.do(ask{path: prefix + path + name + "=" + value})
			plainExport := strings.HasSuffix(path, "limit=1&") && name == "statuses" // read from the store, which looks at it itself
			if rec.Code != 200 || !plainExport && !set(w.desk.asked.Filter) {
				t.Errorf("%s: %d, asked %+v", path, rec.Code, w.desk.asked.Filter)
			}
		}
		w.desk.matching = jiqiao.MatchQuery{}
		if rec := w.do(ask{path: prefix + "/needs/" + n.ID + "/matches?" + name + "=" + value}); rec.Code != 200 || !set(w.desk.matching.Filter) {
			t.Errorf("matches: %d, asked %+v", rec.Code, w.desk.matching.Filter)
		}
	})
}

func TestEveryFilterIsDescribed(t *testing.T) {
	doc := newWorld(t).server.spec.doc
	eachFilterField(t, func(t *testing.T, _, name, _ string) {
		for _, path := range []string{"/search", "/facets", "/needs", "/achievements", "/needs/{id}/matches", "/achievements/{id}/matches", "/exports/{file}"} {
			if doc.Paths.Value(prefix+path).Get.Parameters.GetByInAndName("query", name) == nil {
				t.Errorf("%s does not say that it takes %s", path, name)
			}
		}
		if doc.Components.Schemas["Filter"].Value.Properties[name] == nil {
			t.Errorf("the schema Filter has no %s", name)
		}
	})
}

// The rights in a filter come from the token alone.
func TestRightsAreNoParameters(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"private=true", "access=all", "Access=all", "everything=true", "Owners=1", "statuses=*"} {
		for scope, private := range map[jiqiao.Scope]bool{"": false, reader: false, insider: true} {
			w.do(ask{path: prefix + "/search?kind=need&" + query, as: scope})
			f := w.desk.asked.Filter
			if f.Access.Everything != private || f.Access.Owners != (scope != "") || !private && !reflect.DeepEqual(f.Statuses, []jiqiao.Status{jiqiao.StatusPublished}) {
				t.Errorf("%s as %q: %+v", query, scope, f)
			}
		}
	}
}

func TestNamesOfUploads(t *testing.T) {
	for given, want := range map[string]string{
		"需求.xlsx": "需求.xlsx", "../../etc/passwd": "passwd", `C:\Users\张三\需求.xlsx`: "需求.xlsx", "/a/b/": "b", "": ".",
		"\xff需求.csv": "�需求.csv", strings.Repeat("长", 300) + ".csv": strings.Repeat("长", maxFileName),
	} {
		if got := plainName(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// What passes through the temporary directory must not stay there, whatever becomes of the request.
func TestTemporaryFilesGo(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, func(o *Options) { o.TempDir = dir })
	w.put(need("研制碳化硅功率器件"))
	send := func(name, mode string) {
		body, kind := upload(name, "需求.csv", strings.NewReader("需求名称\n研制\n"))
		w.do(ask{method: "POST", path: prefix + "/imports?kind=need&mode=" + mode, as: writer, body: body, header: map[string]string{"Content-Type": kind}})
	}
	send("file", "preview")
	send("file", "commit")
	send("wrong", "preview")
	w.do(ask{path: prefix + "/exports/need.xlsx"})
	w.do(ask{path: prefix + "/templates/need.xlsx"})
	w.desk.fail = os.ErrPermission
	w.do(ask{path: prefix + "/exports/need.csv?q=x"})
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// FuzzConditions: lists of tags come from anyone. The tag itself is always found, and nothing but itself.
func FuzzConditions(f *testing.F) {
	for _, seed := range []string{`"1"`, `W/"1", "2"`, `*`, `, ,`, `"1`, "\x00", ` "3" `} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if !tagListed(header+`, W/"mine"`, `W/"mine"`) || !tagListed(`"mine",`+header, `W/"mine"`) {
			t.Errorf("not found beside %q", header)
		}
		if !strings.Contains(header, "mine") && strings.TrimSpace(header) != "*" && tagListed(header, `W/"mine"`) {
			t.Errorf("found in %q", header)
		}
		acceptsGzip(header)
	})
}
