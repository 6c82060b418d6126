package repotest

import "testing"

func TestDependencies(t *testing.T) {
	const mod = "module example.org/m\n\nrequire example.com/one v1.0.0\n\nrequire (\n\texample.com/two v1.0.0\n\texample.com/far v1.0.0 // indirect\n)\n"
	const head = "# Dependencies\n\n| module | why |\n| --- | --- |\n"
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"all named", head + "| `example.com/one` | because |\n| `example.com/two` | because |\n", nil},
		{"an indirect one may be named", head + "| `example.com/one` | b |\n| `example.com/two` | b |\n| `example.com/far` | b |\n", nil},
		{"one missing", head + "| `example.com/one` | because |\n", []string{"docs/d.md: has no row for example.com/two: why"}},
		{"in prose is not enough", "example.com/one, example.com/two", []string{"for example.com/one", "for example.com/two"}},
		{"another table", head + "| `example.com/one` | b |\n| `example.com/two` | b |\n\n| tool | why |\n|---|---|\n| make | b |\n", nil},
		{"no reason", head + "| `example.com/one` | |\n| `example.com/two` | b |\n", []string{"docs/d.md:5: leaves a cell of example.com/one empty"}},
		{"one too many", head + "| `example.com/one` | b |\n| `example.com/two` | b |\n| `example.com/old` | b |\n", []string{"docs/d.md:7: names example.com/old"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tree(t, map[string]string{"go.mod": mod, "docs/d.md": tt.doc}).Dependencies("docs/d.md", "why"), tt.want...)
		})
	}
	t.Run("no document", func(t *testing.T) { want(t, tree(t, nil).Dependencies("docs/d.md", "why"), "docs/d.md: ") })
}

func TestFidelity(t *testing.T) {
	const head = "| rule | Test | confidence |\n|---|:---:|---|\n"
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"a table without rows", head, nil},
		{"a table about something else", "| key | what |\n|---|---|\n| a | |\n", nil},
		{"a test that exists", head + "| 1 MiB/s | `TestShard` | high |\n", nil},
		{"a row of it, an example and a bar", head + "| a \\| b | `kinesis.TestShard/bytes`, `ExampleShard` | high |\n", nil},
		{"none", head + "| 1 MiB/s | later | high |\n", []string{"docs/f.md:3: names no test in \"later\""}},
		{"an empty cell", head + "| 1 MiB/s | `TestShard` | |\n", []string{"docs/f.md:3: leaves a cell empty"}},
		{"one that does not exist", head + "| a | `TestShard` | b |\n| a | `TestShard`, `TestGone` | b |\n", []string{"docs/f.md:4: names TestGone, which does not exist: why"}},
		{"a function that is no test", head + "| a | `TestData` | b |\n", []string{"names TestData"}},
		{"the second table", head + "\ntext\n\n" + head + "| a | `TestGone` | b |\n", []string{"docs/f.md:8: names TestGone"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tree(t, map[string]string{
				"a/a.go":      "package a\nfunc TestData() {}",
				"a/a_test.go": "package a\nfunc TestShard() {}\nfunc ExampleShard() {}\nfunc (x) TestGone() {}\ntype x int",
				"docs/f.md":   tt.doc,
			}).Fidelity("docs/f.md", "why"), tt.want...)
		})
	}
	t.Run("no document", func(t *testing.T) { want(t, tree(t, nil).Fidelity("docs/f.md", "why"), "docs/f.md: ") })
}

func TestLinks(t *testing.T) {
	want(t, tree(t, map[string]string{
		"README.md":       "[a](docs/a.md), [b](docs/a.md#part), [c](https://example.com/x), [d](#here), [e](docs)\n![f](docs/gone.png)",
		"docs/a.md":       "[up](../README.md)\n[out](../../elsewhere.md) [no](b.md)",
		"testdata/bad.md": "[x](y)",
	}).Links("why"), "README.md:2: links to docs/gone.png", "docs/a.md:2: links to ../../elsewhere.md", "docs/a.md:2: links to b.md")
}
