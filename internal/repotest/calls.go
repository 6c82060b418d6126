package repotest

import (
	"go/ast"
	"slices"
	"strings"
)

// Ban forbids naming certain functions in certain packages.
type Ban struct {
	In     []string          // patterns of packages
	Except map[string]string // what is let off, with the reason: a file ("path") or one name in it ("path: time.Now")
	Names  []string          // import path, dot, name: "time.Sleep", "math/rand/v2.IntN"; "log.*" is all of a package
	Tests  bool              // test files are held to it too
	Why    string
}

// Calls finds uses of what the bans forbid.
func (t *Tree) Calls(bans []Ban) []Violation {
	var found []Violation
	for _, b := range bans {
		for f := range t.files(b.In, b.Tests, b.Except) {
			names := f.names()
			ast.Inspect(f.AST, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				path, name := resolve(sel, names)
				if path == "" || !b.names(path, name) {
					return true
				}
				if _, let := b.Except[f.Path+": "+path+"."+name]; !let {
					found = append(found, Violation{t.at(sel.Pos()), "uses " + path + "." + name, b.Why})
				}
				return true
			})
		}
	}
	return found
}

func (b *Ban) names(path, name string) bool {
	return slices.Contains(b.Names, path+"."+name) || slices.Contains(b.Names, path+".*")
}

// resolve says which name of which package a selector means; path is empty where it means something else. A variable
// that shadows an import is not told from it.
func resolve(sel *ast.SelectorExpr, names map[string]string) (path, name string) {
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return names[x.Name], sel.Sel.Name
}

// Goroutines finds goroutines started in packages that may not. A go statement starts one, and so does the Go method of
// a sync.WaitGroup or an errgroup: a call of Go with nothing but a function. (A clock's Go takes a name as well.)
func (t *Tree) Goroutines(may []string, why string) []Violation {
	var found []Violation
	for _, p := range t.sorted() {
		if matchAny(may, p.Dir) {
			continue
		}
		for f := range t.files([]string{p.Dir}, false, nil) {
			ast.Inspect(f.AST, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					found = append(found, Violation{t.at(n.Pos()), "starts a goroutine", why})
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" && len(n.Args) == 1 {
						found = append(found, Violation{t.at(n.Pos()), "starts a goroutine with Go", why})
					}
				}
				return true
			})
		}
	}
	return found
}

// ClientTimeouts finds http.Client values with a Timeout in the packages given.
func (t *Tree) ClientTimeouts(in []string, why string) []Violation {
	var found []Violation
	for f := range t.files(in, false, nil) {
		names := f.names()
		ast.Inspect(f.AST, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			sel, ok := lit.Type.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if path, name := resolve(sel, names); path != "net/http" || name != "Client" {
				return true
			}
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && isIdent(kv.Key, "Timeout") {
					found = append(found, Violation{t.at(kv.Pos()), "sets http.Client.Timeout", why})
				}
			}
			return true
		})
	}
	return found
}

// TestSleeps finds tests that sleep. Inside a testing/synctest bubble a sleep costs nothing, and files built with the
// tag wallclock are about the wall's time: both are left out.
func (t *Tree) TestSleeps(except map[string]string, why string) []Violation {
	var found []Violation
	for f := range t.files([]string{"**"}, true, except) {
		names := f.names()
		if !f.Test || f.imports("testing/synctest") || f.tagged("wallclock") {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if path, name := resolve(sel, names); path == "time" && name == "Sleep" {
					found = append(found, Violation{t.at(sel.Pos()), "sleeps", why})
				}
			}
			return true
		})
	}
	return found
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func (f *File) imports(path string) bool {
	return slices.ContainsFunc(f.AST.Imports, func(s *ast.ImportSpec) bool { return unquote(s.Path.Value) == path })
}

// tagged tells whether the file is built only with a tag.
func (f *File) tagged(tag string) bool {
	for _, g := range f.AST.Comments {
		for _, c := range g.List {
			if c.Pos() < f.AST.Package && strings.HasPrefix(c.Text, "//go:build ") && strings.Contains(c.Text, tag) {
				return true
			}
		}
	}
	return false
}
