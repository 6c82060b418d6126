//go:build slow

package tanktest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutants are simulators with one mistake each, and the test of this package that finds it. The text must be in the file once.
var mutants = []struct {
	name, file, old, new, test string
}{
	{"a shard takes a record too many", "kinesis/limits.go", "set(&l.WriteRecords, 1000)", "set(&l.WriteRecords, 1001)", "TestWhatFailsATest"},
	{"an iterator lives a minute longer", "kinesis/limits.go", "l.IteratorAge = 5 * time.Minute", "l.IteratorAge = 6 * time.Minute", "TestTimePassesInABubble"},
	{"a child is read beside its parents", "record/lineage.go", "child.waits--; child.waits == 0", "child.waits--; true", "TestReshard"},
	{"a retry is lost", "lambda/effort.go", "t.attempts <= e.retries", "t.attempts < e.retries", "TestRetries"},
	{"the right half comes first", "lambda/effort.go", "*t = part{size: t.size - left}\n\te.parts = append(e.parts, part{size: left})", "*t = part{size: left}\n\te.parts = append(e.parts, part{size: left + 0*t.size})", "TestPoisonRecord"},
	{"what follows a failed record succeeds", "lambda/effort.go", "*t = part{size: t.size - succeeded}", "*t = part{size: t.size - succeeded - 1}", "TestPartialResponses"},
	{"a batch holds a record too many", "lambda/batcher.go", "return b.counted == b.size", "return b.counted > b.size", "TestBatchSizes"},
	{"a failed batch is not tried again", "lambda/lane.go", "return l.effort.failed()", "return l.effort.succeeded()", "TestRetries"},
	{"an object is cut a second late", "firehose/buffer.go", "return b.opened + b.interval, len(b.records) > 0", "return b.opened + b.interval + 1e9, len(b.records) > 0", "TestBuffering"},
	{"a key changes its lane", "lambda/queue.go", "return uint32(r.Hash.Lo) % lanes", "return uint32(r.Seq) % lanes", "TestReshard"},
}

// TestMutants builds each mutant and runs the test that is to find it. A mutant that survives, or that does not compile, fails.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("../../internal/simulator", m.file))
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%s has %q %d times", m.file, m.old, n)
			}
			dir := t.TempDir()
			mutated, overlay := filepath.Join(dir, "mutated.go"), filepath.Join(dir, "overlay.json")
			replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: mutated}})
			if err == nil {
				err = os.WriteFile(mutated, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600)
			}
			if err == nil {
				err = os.WriteFile(overlay, replace, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-overlay", overlay, "-run", "^"+m.test+"$", ".").CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+m.test) {
				t.Errorf("%s does not find it: %v\n%s", m.test, err, out)
			}
		})
	}
}
