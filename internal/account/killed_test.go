//go:build unix

package account_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/wavetank/wavetank/internal/account"
)

// killedDir, where it is set, makes TestKilledProcess the process that is going to be killed.
const killedDir = "WAVETANK_TEST_KILLED_DIR"

// TestKilledProcess kills a process that has a journal open, and expects what it had announced, and the lock to be free.
func TestKilledProcess(t *testing.T) {
	run, stream := account.Run{ID: "20261124t101500-killed"}, ours(account.Stream, "a")
	if dir := os.Getenv(killedDir); dir != "" {
		j := openJournal(t, dir, run)
		if err := j.Will(stream); err != nil {
			t.Fatal(err)
		}
		fmt.Println("announced")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	dir := t.TempDir()
	command := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	command.Env = append(os.Environ(), killedDir+"="+dir)
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "announced\n" {
		t.Errorf("the process said %q, %v", line, err)
	}
	if list := readJournals(t, dir); len(list) != 1 || !list[0].Live {
		t.Errorf("before it is killed: %+v, want a live run", list)
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it says that it was killed
	if list := readJournals(t, dir); len(list) != 1 || list[0].Live || len(list[0].Resources) != 1 || list[0].Resources[0] != stream {
		t.Errorf("after it was killed: %+v, want the stream, and no live run", list)
	}
}
