package repotest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What a user's test imports pulls in none of the heavy modules, by way of a module of others neither: the whole graph is looked at, as the
// compiler has it.
func TestWhatAUserCompiles(t *testing.T) {
	banned := append(slices.Clone(heavy), "github.com/gdamore/...", "github.com/rivo/...", "github.com/go-rod/...", "github.com/playwright-community/...")
	for _, pkg := range []string{"runner/tanktest", "runner", "scenarios", "generators", "reports"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \",\"}}", "./"+pkg)
		cmd.Dir = "../.."
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list -deps ./%s: %v", pkg, err)
		}
		for line := range strings.Lines(string(out)) {
			path, _, _ := strings.Cut(line, " ")
			if i := slices.IndexFunc(banned, func(b string) bool { return covers(b, path) }); i >= 0 {
				t.Errorf("%s reaches %s, of the modules %s: a user's test must not compile it. It is imported by:%s", pkg, path, banned[i], importers(string(out), path))
			}
		}
	}
}

// importers are the packages of a listing that import one.
func importers(listing, path string) (names string) {
	for line := range strings.Lines(listing) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		if slices.Contains(strings.Split(imports, ","), path) {
			names += " " + name
		}
	}
	return names
}

// The check above sees what it is there to see.
func TestImporters(t *testing.T) {
	if got := importers("a b,c\nd c\nb \n", "c"); got != " a d" {
		t.Errorf("c is imported by%s", got)
	}
	if !covers("github.com/docker/...", "github.com/docker/docker/client") || covers("github.com/docker/...", "github.com/dockerx/y") {
		t.Error("a ban covers what it should not, or not what it should")
	}
}
