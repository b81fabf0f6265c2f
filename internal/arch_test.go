package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is one Go file: the package folder it is in ("." for the root), its imports and its package comment.
type source struct {
	path, dir string
	test      bool
	imports   []string
	doc       string
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "data", "bin", "testdata"}, d.Name())) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		s := source{path: filepath.ToSlash(rel), dir: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(path, "_test.go")}
		for _, spec := range file.Imports {
			s.imports = append(s.imports, strings.Trim(spec.Path.Value, `"`))
		}
		if file.Doc != nil {
			s.doc = file.Doc.Text()
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// within reports whether dir is the folder top or below it.
func within(dir, top string) bool { return dir == top || strings.HasPrefix(dir, top+"/") }

func standardLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "jiqiao"
}

// allowed gives, for each layer, the packages of the project that it may import beside the root package and its own
// children. Layers not named here (cmd, internal/app, internal/bench, e2e) may import everything.
var allowed = map[string][]string{
	"api":                   nil,
	"matcher":               {"jiqiao/index/zh", "jiqiao/index/vector"},
	"index":                 nil,
	"store":                 nil,
	"frontend":              nil,
	"jobs":                  nil,
	"sample":                nil,
	"internal/cache":        nil,
	"internal/sheet":        nil,
	"internal/config":       nil,
	"internal/intake":       {"jiqiao/internal/sheet"},
	"internal/catalog":      {"jiqiao/index/zh"},
	"internal/endpoint":     nil,
	"internal/embed":        {"jiqiao/index/vector/scan"},
	"internal/llm":          {"jiqiao/internal/endpoint"},
	"internal/account":      nil,
	"internal/attachment":   nil,
	"internal/city":         nil,
	"internal/deal":         nil,
	"internal/lifecycle":    nil,
	"internal/live":         nil,
	"internal/notify":       nil,
	"internal/workday":      nil,
	"internal/introduction": {"jiqiao/internal/workday"},
	"internal/learn":        {"jiqiao/matcher/rank"},
	"internal/queue":        nil,
	"internal/report":       nil,
	"internal/statistics":   nil,
}

func TestImportsRunOneWay(t *testing.T) {
	for _, s := range sources(t) {
		if s.dir == "." && !s.test {
			for _, imp := range s.imports {
				if !standardLibrary(imp) {
					t.Errorf("%s imports %s: the root package imports the standard library only", s.path, imp)
				}
			}
			continue
		}
		for layer, others := range allowed {
			if s.test || !within(s.dir, layer) {
				continue
			}
			for _, imp := range s.imports {
				own := imp == "jiqiao" || within(imp, "jiqiao/"+layer)
				if within(imp, "jiqiao") && !own && !slices.ContainsFunc(others, func(o string) bool { return within(imp, o) }) {
					t.Errorf("%s imports %s, which %s may not", s.path, imp, layer)
				}
			}
		}
	}
}

func TestThirdPartiesHaveOneHome(t *testing.T) {
	homes := map[string][]string{
		"github.com/gin-gonic/gin":           {"api"},
		"github.com/gabriel-vasile/mimetype": {"internal/attachment"},
		"github.com/ledongthuc/pdf":          {"internal/attachment"},
		"github.com/blevesearch":             {"index"},
		"github.com/jackc/pgx":               {"store"},
		"modernc.org/sqlite":                 {"store"},
		"github.com/uptrace/bun":             {"store"},
		"github.com/pressly/goose":           {"store"},
		"github.com/redis/go-redis":          {"internal/cache"},
		"github.com/xuri/excelize":           {"internal/sheet"},
		"github.com/spf13/cobra":             {"cmd/jiqiao"},
		"github.com/knadh/koanf":             {"internal/config"},
		"github.com/mozillazg/go-pinyin":     {"index"},
		"github.com/sashabaranov/go-openai":  {"internal/endpoint"},
		"golang.org/x/crypto":                {"internal/account"},
		"github.com/pquerna/otp":             {"internal/account"},
		"github.com/coreos/go-oidc":          {"internal/account"},
		"golang.org/x/oauth2":                {"internal/account"},
		"github.com/wneessen/go-mail":        {"internal/notify"},
		"gonum.org/v1/gonum":                 {"index/vector/train"},
		"github.com/viterin/vek":             {"index/vector", "matcher"},
	}
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			for lib, dirs := range homes {
				if within(imp, lib) && !s.test && !slices.ContainsFunc(dirs, func(d string) bool { return within(s.dir, d) }) {
					t.Errorf("%s imports %s, whose home is %v", s.path, imp, dirs)
				}
			}
		}
	}
}

func TestEveryPackageHasOneDocComment(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if _, ok := docs[s.dir]; !ok {
			docs[s.dir] = nil
		}
		if s.doc != "" {
			docs[s.dir] = append(docs[s.dir], s.path)
		}
	}
	for dir, files := range docs {
		if len(files) != 1 {
			t.Errorf("package %s has %d doc comments: %v", dir, len(files), files)
		}
	}
}

func TestGoModHasNoReplace(t *testing.T) {
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "\nreplace ") {
		t.Error("go.mod replaces a module")
	}
}
