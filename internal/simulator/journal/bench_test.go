package journal

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// BenchmarkCommit is how many records of 200 B a second eight callers keep, 500 a call in 16 shards, each waiting for its
// commit: what the disk and the journal alone give.
func BenchmarkCommit(b *testing.B) {
	j, err := Open(b.TempDir(), Config{MaxBytes: 4 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	recs := recordsFrom(0, 31, 200)
	calls := make(chan int)
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			for range calls {
				var upTo uint64
				for shard := range int32(16) {
					ref, n, err := j.AppendRecords(1, shard, recs)
					if err != nil {
						b.Error(err)
					}
					j.Release([]Ref{ref})
					upTo = n
				}
				if err := j.Commit(upTo); err != nil {
					b.Error(err)
				}
			}
		})
	}
	before := processWrote()
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 16 * len(recs) {
		calls <- n
	}
	close(calls)
	done.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(j.Written())/float64(200*b.N), "written/byte")
	b.ReportMetric(float64(processWrote()-before)/float64(200*b.N), "system/byte")
}

// processWrote is how many bytes the process has written so far, as Linux counts them; elsewhere 0.
func processWrote() (n int64) {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "wchar: "); found {
			n, _ = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return n
}
