package main

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

// TestForgetStart: less of the program's file is resident, and the program still runs.
func TestForgetStart(t *testing.T) {
	if len(ownMappings()) == 0 {
		t.Fatal("no part of the program is found in memory")
	}
	before := residentKiB(t, "self", "RssFile:")
	forgetStart()
	if after := residentKiB(t, "self", "RssFile:"); after >= before {
		t.Errorf("%d KiB of files are resident, as many as the %d before", after, before)
	}
}

// residentKiB is a line of a process's status.
func residentKiB(tb testing.TB, process, line string) int {
	tb.Helper()
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		tb.Fatal(err)
	}
	_, after, _ := bytes.Cut(status, []byte(line))
	n, err := strconv.Atoi(string(bytes.Fields(after)[0]))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
