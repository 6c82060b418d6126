package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var initialized = regexp.MustCompile(`(?m)^init (\S+) @`)

// TestStartupComesFirst: Go initializes internal/startup before what it is to make cheaper.
func TestStartupComesFirst(t *testing.T) {
	c := exec.Command(os.Args[0], "-test.run", "^$")
	c.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var order []string
	for _, m := range initialized.FindAllSubmatch(out, -1) {
		order = append(order, string(m[1]))
	}
	at := slices.Index(order, "github.com/wavetank/wavetank/internal/startup")
	heavy := slices.IndexFunc(order, func(p string) bool {
		return strings.HasPrefix(p, "github.com/aws/") || strings.HasPrefix(p, "github.com/testcontainers/") || strings.HasPrefix(p, "github.com/shirou/")
	})
	if at < 0 || heavy < 0 || at > heavy {
		t.Errorf("internal/startup is initialized as number %d, the first heavy package as number %d of %q", at, heavy, order)
	}
}
