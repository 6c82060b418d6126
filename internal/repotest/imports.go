package repotest

import (
	"slices"
	"strings"
)

// Row is one line of the import table: a package's place in the house.
type Row struct {
	Package string   // a pattern; the first row that matches a package is its row
	May     []string // patterns of the packages of ours that it may import
	Why     string   // it may import no others
	Never   []Never
}

// Never is a ban on what lies outside the module, the standard library included. It holds for the package and for every
// package of ours that it reaches.
type Never struct {
	Imports []string // import paths; "net/..." is net and everything below
	Why     string
}

// Imports checks the import graph of the non-test files against the table. A package without a row breaks it as well:
// whoever adds one says where it stands.
func (t *Tree) Imports(table []Row) []Violation {
	var found []Violation
	for _, p := range t.sorted() {
		if p.Name == "" {
			continue
		}
		i := slices.IndexFunc(table, func(r Row) bool { return match(r.Package, p.Dir) })
		if i < 0 {
			found = append(found, Violation{p.Dir, "has no row in the import table", "every package has its place in the house"})
			continue
		}
		row := table[i]
		for _, imp := range p.imports() {
			if dir, ours := t.ours(imp); ours && !matchAny(row.May, dir) {
				found = append(found, Violation{p.Dir, "imports " + dir, row.Why})
			}
		}
		for _, never := range row.Never {
			found = append(found, t.never(p.Dir, never)...)
		}
	}
	return found
}

// never looks for banned imports in everything of ours that dir reaches.
func (t *Tree) never(dir string, ban Never) []Violation {
	var found []Violation
	seen := map[string]bool{}
	var visit func(dir string, way []string)
	visit = func(dir string, way []string) {
		p := t.Packages[dir]
		if seen[dir] || p == nil {
			return
		}
		seen[dir] = true
		for _, imp := range p.imports() {
			if next, ours := t.ours(imp); ours {
				visit(next, append(slices.Clone(way), next))
			} else if slices.ContainsFunc(ban.Imports, func(b string) bool { return covers(b, imp) }) {
				what := "imports " + imp
				if len(way) > 1 {
					what = "reaches " + imp + " by way of " + strings.Join(way[1:], ", ")
				}
				found = append(found, Violation{way[0], what, ban.Why})
			}
		}
	}
	visit(dir, []string{dir})
	return found
}

// ours is the folder of an import path of this module.
func (t *Tree) ours(imp string) (dir string, ok bool) {
	if imp == t.Module {
		return ".", true
	}
	return strings.CutPrefix(imp, t.Module+"/")
}

func covers(ban, imp string) bool {
	if root, ok := strings.CutSuffix(ban, "/..."); ok {
		return imp == root || strings.HasPrefix(imp, root+"/")
	}
	return ban == imp
}
