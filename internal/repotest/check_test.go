package repotest

import (
	"strings"
	"testing"
	"testing/fstest"
)

// tree loads files written as "path" → content, in a module called example.org/m.
func tree(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	fsys := fstest.MapFS{"go.mod": {Data: []byte("module example.org/m\n\ngo 1.26\n")}}
	for p, content := range files {
		fsys[p] = &fstest.MapFile{Data: []byte(content)}
	}
	tr, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// want checks that the violations are exactly these, each given by a part of its text, in order.
func want(t *testing.T, got []Violation, parts ...string) {
	t.Helper()
	for i, v := range got {
		if i >= len(parts) || !strings.Contains(v.String(), parts[i]) {
			t.Errorf("unexpected: %s", v)
		}
	}
	for i := len(got); i < len(parts); i++ {
		t.Errorf("not found: %s", parts[i])
	}
}

func TestLoad(t *testing.T) {
	tests := []struct {
		name  string
		files fstest.MapFS
		err   string
	}{
		{"no go.mod", fstest.MapFS{}, "go.mod"},
		{"go.mod without a module", fstest.MapFS{"go.mod": {Data: []byte("go 1.26\n")}}, "names no module"},
		{"a file that does not parse", fstest.MapFS{"go.mod": {Data: []byte("module m\n")}, "a.go": {Data: []byte("package")}}, "a.go:1"},
		{
			"what is left out may be anything", fstest.MapFS{
				"go.mod":             {Data: []byte("module m\n")},
				"testdata/a.go":      {Data: []byte("package")},
				".git/a.go":          {Data: []byte("package")},
				"nested/go.mod":      {Data: []byte("module n\n")},
				"nested/a.go":        {Data: []byte("package")},
				"wavetank-runs/a.go": {Data: []byte("package")},
			}, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.files)
			switch {
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("err = %v, want one with %q", err, tt.err)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, dir string
		want         bool
	}{
		{"**", "a/b", true},
		{"a/b", "a/b", true},
		{"a/b", "a", false},
		{"a/*", "a/b", true},
		{"a/*", "a", false},
		{"a/*", "a/b/c", false},
		{"a/**", "a", true},
		{"a/**", "a/b/c", true},
		{"a/**", "ab", false},
	}
	for _, tt := range tests {
		if got := match(tt.pattern, tt.dir); got != tt.want {
			t.Errorf("match(%q, %q) = %v", tt.pattern, tt.dir, got)
		}
	}
}

func TestImports(t *testing.T) {
	table := []Row{
		{Package: "cmd/**", May: []string{"**"}},
		{Package: "pure", Why: "pure", Never: []Never{{[]string{"net/..."}, "no sockets"}}},
		{Package: "top", May: []string{"mid/**"}, Why: "layers", Never: []Never{{[]string{"example.com/heavy/..."}, "weight"}}},
		{Package: "mid/**", May: []string{"mid/**", "pure"}, Why: "layers"},
	}
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"as the table says", map[string]string{
			"top/a.go":   `package top; import _ "example.org/m/mid/x"`,
			"mid/x/a.go": `package x; import ( _ "example.org/m/pure"; _ "net/http" )`,
			"pure/a.go":  `package pure; import _ "network"`,
			"cmd/w/a.go": `package main; import _ "example.org/m/top"`,
		}, nil},
		{"a layer is jumped", map[string]string{
			"top/a.go": `package top; import _ "example.org/m/pure"`, "pure/a.go": "package pure",
		}, []string{"top: imports pure: layers"}},
		{"upwards", map[string]string{
			"pure/a.go": `package pure; import _ "example.org/m/top"`, "top/a.go": "package top",
		}, []string{"pure: imports top: pure"}},
		{"the root is a package like others", map[string]string{
			"pure/a.go": `package pure; import _ "example.org/m"`,
		}, []string{"pure: imports .: pure"}},
		{"a package without a row", map[string]string{"attic/a.go": "package attic"}, []string{"attic: has no row"}},
		{"tests may import more", map[string]string{
			"pure/a.go": "package pure", "pure/a_test.go": `package pure; import ( _ "example.org/m/top"; _ "net" )`, "top/a.go": "package top",
		}, nil},
		{"a folder of tests alone has no row", map[string]string{"attic/a_test.go": "package attic"}, nil},
		{"banned outside the module", map[string]string{"pure/a.go": `package pure; import _ "net/http"`}, []string{"pure: imports net/http: no sockets"}},
		{"banned by way of others", map[string]string{
			"top/a.go":   `package top; import _ "example.org/m/mid/x"`,
			"mid/x/a.go": `package x; import _ "example.org/m/mid/y"`,
			"mid/y/a.go": `package y; import _ "example.com/heavy/docker"`,
		}, []string{"top: reaches example.com/heavy/docker by way of mid/x, mid/y: weight"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, tree(t, tt.files).Imports(table), tt.want...) })
	}
}

func TestCalls(t *testing.T) {
	rules := []Ban{
		{In: []string{"a"}, Names: []string{"time.Now", "math/rand/v2.IntN", "log.*"}, Except: map[string]string{"a/wall.go": "reason", "a/y.go: time.Now": "reason"}, Why: "why"},
		{In: []string{"b"}, Names: []string{"time.Now"}, Tests: true, Why: "why"},
	}
	tests := []struct {
		name, path, src string
		want            []string
	}{
		{"called", "a/x.go", "package a\nimport \"time\"\nvar _ = time.Now()", []string{"a/x.go:3: uses time.Now: why"}},
		{"passed on as a value", "a/x.go", "package a\nimport \"time\"\nvar now = time.Now", []string{"uses time.Now"}},
		{"under another name", "a/x.go", "package a\nimport clock \"time\"\nvar _ = clock.Now()", []string{"uses time.Now"}},
		{"of a versioned package", "a/x.go", "package a\nimport \"math/rand/v2\"\nvar _ = rand.IntN(2)", []string{"uses math/rand/v2.IntN"}},
		{"anything of a package", "a/x.go", "package a\nimport \"log\"\nfunc f() { log.Fatal() }", []string{"uses log.Fatal"}},
		{"another name of the package", "a/x.go", "package a\nimport \"time\"\nvar _ = time.Unix(0, 0)", nil},
		{"a method of that name", "a/x.go", "package a\nimport \"time\"\nvar c interface{ Now() time.Time }\nvar _ = c.Now()", nil},
		{"another package", "c/x.go", "package c\nimport \"time\"\nvar _ = time.Now()", nil},
		{"an excepted file", "a/wall.go", "package a\nimport \"time\"\nvar _ = time.Now()", nil},
		{"an excepted name", "a/y.go", "package a\nimport ( \"time\"; \"log\" )\nvar _ = time.Now()\nvar _ = log.Flags()", []string{"a/y.go:4: uses log.Flags"}},
		{"a test", "a/x_test.go", "package a\nimport \"time\"\nvar _ = time.Now()", nil},
		{"a test where tests are held to it", "b/x_test.go", "package b\nimport \"time\"\nvar _ = time.Now()", []string{"b/x_test.go:3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, tree(t, map[string]string{tt.path: tt.src}).Calls(rules), tt.want...) })
	}
}

func TestGoroutines(t *testing.T) {
	tests := []struct {
		name, path, src string
		want            []string
	}{
		{"a go statement", "a/x.go", "package a\nfunc f() { go f() }", []string{"a/x.go:2: starts a goroutine: why"}},
		{"a wait group's Go", "a/x.go", "package a\nimport \"sync\"\nfunc f(g *sync.WaitGroup) { g.Go(func() {}) }", []string{"with Go"}},
		{"a clock's Go is a process", "a/x.go", "package a\nfunc f(c clock) { c.Go(\"poller\", f) }", nil},
		{"where it may", "runner/x/x.go", "package x\nfunc f() { go f() }", nil},
		{"in a test", "a/x_test.go", "package a\nfunc f() { go f() }", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tree(t, map[string]string{tt.path: tt.src}).Goroutines([]string{"runner/**"}, "why"), tt.want...)
		})
	}
}

func TestClientTimeouts(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"set", "package a\nimport \"net/http\"\nvar _ = &http.Client{Timeout: 1}", []string{"a/x.go:3: sets http.Client.Timeout: why"}},
		{"not set", "package a\nimport \"net/http\"\nvar _ = &http.Client{}", nil},
		{"of something else", "package a\nimport \"net/http\"\nvar _ = http.Server{Timeout: 1}\nvar _ = Client{Timeout: 1}", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tree(t, map[string]string{"a/x.go": tt.src}).ClientTimeouts([]string{"a"}, "why"), tt.want...)
		})
	}
}

func TestTestSleeps(t *testing.T) {
	const sleep = "import \"time\"\nfunc f() { time.Sleep(1) }"
	tests := []struct {
		name, path, src string
		want            []string
	}{
		{"a test that sleeps", "a/x_test.go", "package a\n" + sleep, []string{"a/x_test.go:3: sleeps: why"}},
		{"in a bubble", "a/x_test.go", "package a\nimport _ \"testing/synctest\"\n" + sleep, nil},
		{"on the wall clock by tag", "a/x_test.go", "//go:build wallclock\n\npackage a\n" + sleep, nil},
		{"not a test", "a/x.go", "package a\n" + sleep, nil},
		{"excepted", "a/y_test.go", "package a\n" + sleep, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tree(t, map[string]string{tt.path: tt.src}).TestSleeps(map[string]string{"a/y_test.go": "reason"}, "why"), tt.want...)
		})
	}
}

func TestPackageDocs(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a package", map[string]string{"a/x.go": "package a", "a/y.go": "// Package a does things.\npackage a"}, nil},
		{"a command", map[string]string{"cmd/w/main.go": "// Command w does things.\npackage main"}, nil},
		{"a command by its name", map[string]string{"cmd/w/main.go": "// W does things.\npackage main"}, nil},
		{"tests alone", map[string]string{"a/x_test.go": "package a"}, nil},
		{"none", map[string]string{"a/x.go": "package a"}, []string{"a: has no package doc"}},
		{"of another name", map[string]string{"a/x.go": "// Package b does things.\npackage a"}, []string{"a: has no package doc"}},
		{"not beside the clause", map[string]string{"a/x.go": "// Package a does things.\n\npackage a"}, []string{"a: has no package doc"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, tree(t, tt.files).PackageDocs("why"), tt.want...) })
	}
}

func TestShape(t *testing.T) {
	long := "package a\n\nfunc f() {\n" + strings.Repeat("\tf()\n", 20) + "}\n"
	tr := tree(t, map[string]string{
		"a/x.go": long, "a/y.go": long, "a/x_test.go": long, "a/z.go": "package a\n\nfunc ok() {}\n\nfunc asm()\n",
		"a/utils/x.go": "package utils",
	})
	want(t, tr.FileLength(20, map[string]string{"a/y.go": "reason"}, "why"), "a/x.go: has 24 lines, more than 20: why")
	want(t, tr.FileLength(24, nil, "why"))
	want(t, tr.FunctionLength(10, map[string]string{"a/y.go: f": "reason"}, "why"), "a/x.go:3: f has 22 lines, more than 10: why")
	want(t, tr.FunctionLength(22, nil, "why"))
	want(t, tr.FolderNames([]string{"utils"}, "why"), "a/utils: is a folder called utils: why")
	want(t, tr.FolderNames([]string{"types"}, "why"))
	want(t, tr.Exceptions("why", map[string]string{"a/x.go": "reason"}, map[string]string{"a/y.go: f": "reason"}))
	want(t, tr.Exceptions("why", map[string]string{"a/gone.go": "reason"}), "a/gone.go: is excepted from a rule and does not exist: why")
	want(t, tr.Exceptions("why", map[string]string{"a/y.go: f": ""}), "a/y.go: is excepted from a rule without a reason: why")
}

func TestOpenEnds(t *testing.T) {
	todo := "TO" + "DO"
	want(t, tree(t, map[string]string{
		"a/a.go":      "package a // " + todo + ": later",
		"a/b.go":      "package a // " + todo + "(#12): later",
		"a/c.go":      "package a // the word " + todo + "S means nothing\nvar s = \"" + todo + "\"",
		"a/d_test.go": "package a /* FIX" + "ME */",
	}).OpenEnds("why"), "a/a.go:1: leaves a "+todo, "a/d_test.go:1: leaves a FIX")
}
