package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jiqiao"
)

// actName is how acts are called: a noun and a verb.
var actName = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

// TestEveryActHasAChineseName finds acts of the audit that codes/act.tsv lacks: literals in an Act, and constants that are
// called act….
func TestEveryActHasAChineseName(t *testing.T) {
	found := map[string]string{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		path := filepath.Join("..", s.path)
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, name := range actsOf(n) {
				found[name] = s.path
			}
			return true
		})
	}
	if len(found) < 10 {
		t.Errorf("only %d acts were found", len(found))
	}
	for name, path := range found {
		if jiqiao.CodeLabel("act", name) == "" {
			t.Errorf("%s: the act %q has no Chinese name in codes/act.tsv", path, name)
		}
	}
	if _, err := os.Stat("../codes/act.tsv"); err != nil {
		t.Error(err)
	}
}

// actsOf are the names of acts in a node.
func actsOf(n ast.Node) (names []string) {
	keep := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if name, err := strconv.Unquote(lit.Value); err == nil && actName.MatchString(name) {
				names = append(names, name)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CompositeLit:
		if !isAct(n.Type) {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
					keep(kv.Value)
				}
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if strings.HasPrefix(strings.ToLower(name.Name), "act") && i < len(n.Values) {
				keep(n.Values[i])
			}
		}
	}
	return names
}

func isAct(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Act"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Act"
	}
	return false
}
