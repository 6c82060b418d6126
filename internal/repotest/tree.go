package repotest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Tree is a module's source, parsed.
type Tree struct {
	FS       fs.FS
	Module   string              // its path, from go.mod
	Packages map[string]*Package // by folder, relative to the module's root; "." is the root
	Dirs     []string            // every folder that is looked at, in order
	fset     *token.FileSet
}

// Package is the Go files of one folder.
type Package struct {
	Dir   string
	Name  string  // of its non-test files; "" where there are none
	Files []*File // in order, test files among them
}

// File is one Go file.
type File struct {
	Path  string // relative to the module's root
	Test  bool
	Lines int
	AST   *ast.File
}

// Violation is a rule broken at a place, and why the rule is there.
type Violation struct {
	Where string // path or path:line
	What  string
	Why   string
}

func (v Violation) String() string { return v.Where + ": " + v.What + ": " + v.Why }

var moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)`)

// Load parses the module whose root is fsys. Folders that are hidden or called testdata, vendor or wavetank-runs, and
// modules nested in it, are left out.
func Load(fsys fs.FS) (*Tree, error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, fmt.Errorf("load tree: %w", err)
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return nil, fmt.Errorf("load tree: go.mod names no module")
	}
	t := &Tree{FS: fsys, Module: string(m[1]), Packages: map[string]*Package{}, fset: token.NewFileSet()}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && t.skips(p):
			return fs.SkipDir
		case d.IsDir():
			t.Dirs = append(t.Dirs, p)
			return nil
		case path.Ext(p) == ".go":
			return t.parse(p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load tree: %w", err)
	}
	return t, nil
}

func (t *Tree) skips(dir string) bool {
	if dir == "." {
		return false
	}
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || base == "testdata" || base == "vendor" || base == "wavetank-runs" {
		return true
	}
	_, err := fs.Stat(t.FS, path.Join(dir, "go.mod"))
	return err == nil
}

func (t *Tree) parse(p string) error {
	src, err := fs.ReadFile(t.FS, p)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(t.fset, p, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(p)
	pkg := t.Packages[dir]
	if pkg == nil {
		pkg = &Package{Dir: dir}
		t.Packages[dir] = pkg
	}
	test := strings.HasSuffix(p, "_test.go")
	if !test {
		pkg.Name = f.Name.Name
	}
	pkg.Files = append(pkg.Files, &File{Path: p, Test: test, Lines: strings.Count(string(src), "\n"), AST: f})
	return nil
}

// sorted are the packages in the order of their folders.
func (t *Tree) sorted() []*Package {
	var list []*Package
	for _, p := range t.Packages {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Package) int { return strings.Compare(a.Dir, b.Dir) })
	return list
}

// at is where a node is: path:line.
func (t *Tree) at(pos token.Pos) string {
	p := t.fset.Position(pos)
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports of the package's non-test files, each once, in order.
func (p *Package) imports() []string {
	var list []string
	for _, f := range p.Files {
		if f.Test {
			continue
		}
		for _, s := range f.AST.Imports {
			list = append(list, unquote(s.Path.Value))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// names are the file's imports by the name they have in it.
func (f *File) names() map[string]string {
	names := map[string]string{}
	for _, s := range f.AST.Imports {
		p := unquote(s.Path.Value)
		name := path.Base(p)
		if version.MatchString(name) {
			name = path.Base(path.Dir(p))
		}
		if s.Name != nil {
			name = s.Name.Name
		}
		names[name] = p
	}
	return names
}

var version = regexp.MustCompile(`^v[0-9]+$`)

func unquote(s string) string { return strings.Trim(s, "\"`") }

// match tells whether a folder is one of a pattern's: "a/b" is itself, "a/*" what lies directly in a, "a/**" a and
// everything below it, "**" everything.
func match(pattern, dir string) bool {
	if pattern == "**" {
		return true
	}
	if root, ok := strings.CutSuffix(pattern, "/**"); ok {
		return dir == root || strings.HasPrefix(dir, root+"/")
	}
	if root, ok := strings.CutSuffix(pattern, "/*"); ok {
		return path.Dir(dir) == root
	}
	return pattern == dir
}

func matchAny(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, dir) })
}
