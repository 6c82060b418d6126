package startup

import (
	"os"
	"testing"
)

func TestOver(t *testing.T) {
	if !hidden || os.Getenv(hostProc) != nowhere {
		t.Fatalf("%s is %q (hidden: %v) before main: does the environment set it?", hostProc, os.Getenv(hostProc), hidden)
	}
	Over()
	if value, set := os.LookupEnv(hostProc); set || reserved != nil {
		t.Errorf("%s is still %q, %d bytes are reserved", hostProc, value, len(reserved))
	}
	t.Setenv(hostProc, "/host/proc") // somebody means it
	if hide() || os.Getenv(hostProc) != "/host/proc" {
		t.Errorf("%s became %q", hostProc, os.Getenv(hostProc))
	}
}
