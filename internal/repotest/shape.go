package repotest

import (
	"fmt"
	"go/ast"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
)

// files are the Go files of the packages that match, in order, without those excepted.
func (t *Tree) files(in []string, tests bool, except map[string]string) iter.Seq[*File] {
	return func(yield func(*File) bool) {
		for _, p := range t.sorted() {
			if !matchAny(in, p.Dir) {
				continue
			}
			for _, f := range p.Files {
				if _, ok := except[f.Path]; ok || f.Test && !tests {
					continue
				}
				if !yield(f) {
					return
				}
			}
		}
	}
}

// PackageDocs finds packages without a doc comment, and doc comments that do not begin as go doc wants them: "Package x"
// or, for a command, "Command x" or its name.
func (t *Tree) PackageDocs(why string) []Violation {
	var found []Violation
	for _, p := range t.sorted() {
		if p.Name == "" {
			continue
		}
		begins := []string{"Package " + p.Name + " "}
		if p.Name == "main" {
			base := path.Base(p.Dir)
			begins = []string{"Command " + base + " ", strings.ToUpper(base[:1]) + base[1:] + " "}
		}
		doc := ""
		for f := range t.files([]string{p.Dir}, false, nil) {
			if f.AST.Doc != nil {
				doc = f.AST.Doc.Text()
				break
			}
		}
		if !slices.ContainsFunc(begins, func(s string) bool { return strings.HasPrefix(doc, s) }) {
			found = append(found, Violation{p.Dir, fmt.Sprintf("has no package doc that begins with %q", begins[0]), why})
		}
	}
	return found
}

// FileLength finds non-test files longer than limit lines.
func (t *Tree) FileLength(limit int, except map[string]string, why string) []Violation {
	var found []Violation
	for f := range t.files([]string{"**"}, false, except) {
		if f.Lines > limit {
			found = append(found, Violation{f.Path, fmt.Sprintf("has %d lines, more than %d", f.Lines, limit), why})
		}
	}
	return found
}

// FunctionLength finds functions of non-test files longer than limit lines. Exceptions are "path: name".
func (t *Tree) FunctionLength(limit int, except map[string]string, why string) []Violation {
	var found []Violation
	for f := range t.files([]string{"**"}, false, nil) {
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			n := t.fset.Position(fn.End()).Line - t.fset.Position(fn.Pos()).Line + 1
			if _, let := except[f.Path+": "+fn.Name.Name]; n > limit && !let {
				found = append(found, Violation{t.at(fn.Pos()), fmt.Sprintf("%s has %d lines, more than %d", fn.Name.Name, n, limit), why})
			}
		}
	}
	return found
}

// Exceptions finds entries of lists of exceptions ("path" or "path: name") whose file is not there or that give no reason.
func (t *Tree) Exceptions(why string, lists ...map[string]string) []Violation {
	paths := map[string]bool{}
	for f := range t.files([]string{"**"}, true, nil) {
		paths[f.Path] = true
	}
	var found []Violation
	for _, list := range lists {
		for entry, reason := range list {
			if p, _, _ := strings.Cut(entry, ": "); !paths[p] {
				found = append(found, Violation{p, "is excepted from a rule and does not exist", why})
			} else if reason == "" {
				found = append(found, Violation{p, "is excepted from a rule without a reason", why})
			}
		}
	}
	return found
}

// FolderNames finds folders that are called by one of the names.
func (t *Tree) FolderNames(banned []string, why string) []Violation {
	var found []Violation
	for _, dir := range t.Dirs {
		if slices.Contains(banned, path.Base(dir)) {
			found = append(found, Violation{dir, "is a folder called " + path.Base(dir), why})
		}
	}
	return found
}

var (
	openEnd = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	issue   = regexp.MustCompile(`#[0-9]+`)
)

// OpenEnds finds comments that promise work without naming the issue that holds it.
func (t *Tree) OpenEnds(why string) []Violation {
	var found []Violation
	for f := range t.files([]string{"**"}, true, nil) {
		for _, g := range f.AST.Comments {
			for _, c := range g.List {
				if word := openEnd.FindString(c.Text); word != "" && !issue.MatchString(c.Text) {
					found = append(found, Violation{t.at(c.Pos()), "leaves a " + word + " without an issue", why})
				}
			}
		}
	}
	return found
}
