package main

import (
	"errors"
	"flag"
	"net"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wavetank": main})
}

// TestScripts runs testdata/script: each holds files, command lines and what they print. Beside testscript's own commands
// there are
//
//	exits 2 wavetank run …    runs a command that must end with that exit code
//	occupied PORT             listens on a port of this machine until the script ends, and puts it into $PORT
//	vacant PORT               puts a port on which nobody listens into $PORT
//	account PORT              answers, on the port in $PORT, whose the credentials are, and denies all else
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOGC", "400")                 // without: a third of a short command is a collection of what packages set up
			e.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector lets a process linger for a second otherwise
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "occupied": occupied, "vacant": vacant, "account": anAccount,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func occupied(ts *testscript.TestScript, _ bool, args []string) {
	l := listen(ts)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], port(l))
}

func vacant(ts *testscript.TestScript, _ bool, args []string) {
	l := listen(ts)
	ts.Setenv(args[0], port(l))
	ts.Check(l.Close())
}

func listen(ts *testscript.TestScript) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	return l
}

func port(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }
