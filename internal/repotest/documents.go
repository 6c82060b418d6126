package repotest

import (
	"errors"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Dependencies checks that each direct dependency of go.mod has a row in the document's table with a column "module", with
// no cell left empty, and that the table names no module that go.mod does not.
func (t *Tree) Dependencies(document, why string) []Violation {
	mod, err := fs.ReadFile(t.FS, "go.mod")
	if err != nil {
		return []Violation{{"go.mod", err.Error(), why}}
	}
	direct, all := requirements(string(mod))
	rows, err := t.table(document)
	if err != nil {
		return []Violation{{document, err.Error(), why}}
	}
	var found []Violation
	named := map[string]bool{}
	for _, r := range rows {
		module := strings.Trim(r.column["module"], "`")
		if module == "" {
			continue
		}
		named[module] = true
		if !slices.Contains(all, module) {
			found = append(found, Violation{r.where, "names " + module + ", which go.mod does not require", why})
		}
		if slices.Contains(r.cells, "") {
			found = append(found, Violation{r.where, "leaves a cell of " + module + " empty", why})
		}
	}
	for _, m := range direct {
		if !named[m] {
			found = append(found, Violation{document, "has no row for " + m, why})
		}
	}
	return found
}

// requirements are the modules that a go.mod requires: the direct ones, and all.
func requirements(mod string) (direct, all []string) {
	block := false
	for line := range strings.Lines(mod) {
		line = strings.TrimSpace(line)
		switch {
		case line == "require (":
			block = true
			continue
		case line == ")":
			block = false
			continue
		case strings.HasPrefix(line, "require "):
			line = strings.TrimPrefix(line, "require ")
		case !block:
			continue
		}
		module, rest, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		all = append(all, module)
		if !strings.Contains(rest, "// indirect") {
			direct = append(direct, module)
		}
	}
	return direct, all
}

// tableRow is one row of a Markdown table.
type tableRow struct {
	where  string            // path:line
	cells  []string          // trimmed
	column map[string]string // cells by their column's heading, lower case
}

// table reads the rows of all tables of a Markdown file.
func (t *Tree) table(document string) ([]tableRow, error) {
	text, err := fs.ReadFile(t.FS, document)
	if err != nil {
		return nil, err
	}
	var rows []tableRow
	var head []string
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			head = nil
			continue
		}
		cells := split(line)
		switch {
		case head == nil:
			head = cells
		case strings.Trim(line, "|-: ") == "":
			continue
		default:
			r := tableRow{where: document + ":" + strconv.Itoa(n), cells: cells, column: map[string]string{}}
			for i, c := range cells {
				if i < len(head) {
					r.column[strings.ToLower(head[i])] = c
				}
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// split cuts a table's line into cells; an escaped bar is part of its cell.
func split(line string) []string {
	const bar = "\x00"
	line = strings.ReplaceAll(line, `\|`, bar)
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, bar, "|"))
	}
	return cells
}

var testName = regexp.MustCompile(`\b(Test|Fuzz|Example|Benchmark)[A-Za-z0-9_]*`)

// Fidelity checks that each row of the document's tables that have a column "test" names at least one test there, and
// only tests that exist, and that no cell of it is empty.
func (t *Tree) Fidelity(document, why string) []Violation {
	rows, err := t.table(document)
	if err != nil {
		return []Violation{{document, err.Error(), why}}
	}
	tests := t.tests()
	var found []Violation
	for _, r := range rows {
		cell, ok := r.column["test"]
		if !ok {
			continue
		}
		if slices.Contains(r.cells, "") {
			found = append(found, Violation{r.where, "leaves a cell empty", why})
		}
		names := testName.FindAllString(cell, -1)
		if len(names) == 0 {
			found = append(found, Violation{r.where, fmt.Sprintf("names no test in %q", cell), why})
		}
		for _, name := range names {
			if !tests[name] {
				found = append(found, Violation{r.where, "names " + name + ", which does not exist", why})
			}
		}
	}
	return found
}

// tests are the names of all test functions of the module.
func (t *Tree) tests() map[string]bool {
	names := map[string]bool{}
	for f := range t.files([]string{"**"}, true, nil) {
		for _, d := range f.AST.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.Test && fn.Recv == nil && testName.MatchString(fn.Name.Name) {
				names[fn.Name.Name] = true
			}
		}
	}
	return names
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Links finds relative links of Markdown files that lead nowhere.
func (t *Tree) Links(why string) []Violation {
	var found []Violation
	for _, dir := range t.Dirs {
		entries, err := fs.ReadDir(t.FS, dir)
		if err != nil {
			return append(found, Violation{dir, err.Error(), why})
		}
		for _, e := range entries {
			if path.Ext(e.Name()) == ".md" {
				found = append(found, t.links(path.Join(dir, e.Name()), why)...)
			}
		}
	}
	return found
}

func (t *Tree) links(document, why string) []Violation {
	text, err := fs.ReadFile(t.FS, document)
	if err != nil {
		return []Violation{{document, err.Error(), why}}
	}
	var found []Violation
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		for _, m := range link.FindAllStringSubmatch(line, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, ":") {
				continue
			}
			_, err := fs.Stat(t.FS, path.Join(path.Dir(document), target))
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
				found = append(found, Violation{document + ":" + strconv.Itoa(n), "links to " + m[1] + ", which is not there", why})
			}
		}
	}
	return found
}
