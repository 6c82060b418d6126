package kinesis

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// restartVariable is how many bytes BenchmarkRestart brings back; 256 MiB without it.
const restartVariable = "WAVETANK_RESTART_BYTES"

// BenchmarkRestart is how long a directory takes until its streams can be read, by the size of its records: 31 to a block, as
// PutRecords of 500 to 16 shards leaves them. What is read is in the system's page cache, as it is after a kill.
func BenchmarkRestart(b *testing.B) {
	total := int64(256 << 20)
	if text := os.Getenv(restartVariable); text != "" {
		var err error
		if total, err = strconv.ParseInt(text, 10, 64); err != nil {
			b.Fatal(err)
		}
	}
	for _, size := range []int{200, 1 << 10, 32 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			dir := b.TempDir()
			fillDirectory(b, dir, total, size)
			b.ResetTimer()
			for range b.N {
				s, j := openDirectory(b, dir, 2*total)
				if shards, err := s.Shards("s"); err != nil || len(shards) != 16 {
					b.Fatal(shards, err)
				}
				b.StopTimer()
				if err := j.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/restart")
		})
	}
}

func openDirectory(b *testing.B, dir string, most int64) (*Service, *journal.Journal) {
	j, err := journal.Open(dir, journal.Config{MaxBytes: most})
	if err != nil {
		b.Fatal(err)
	}
	d, err := NewDisk(DiskConfig{Journal: j})
	if err != nil {
		b.Fatal(err)
	}
	return New(Config{Clock: clock.NewVirtual(), Disk: d}), j
}

// fillDirectory keeps so many bytes in a stream of 16 shards.
func fillDirectory(b *testing.B, dir string, total int64, size int) {
	s, j := openDirectory(b, dir, 2*total)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(16))}); err != nil {
		b.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		b.Fatal(err)
	}
	st, recs := s.streams["s"], numberedRecords(0, 31, size)
	for pos := uint64(0); j.Bytes() < total; pos += uint64(len(recs)) {
		var upTo uint64
		for shard := range int32(16) {
			for i := range recs {
				recs[i].Seq, recs[i].Shard, recs[i].Arrival = pos+uint64(i), shard, clock.Epoch.UnixNano()
			}
			var err error
			if _, upTo, err = j.AppendRecords(st.owner, shard, recs); err != nil {
				b.Fatal(err)
			}
		}
		if pos%(31*64) == 0 {
			if err := j.Commit(upTo); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkKeptInMemory is how many bytes of memory a stored record takes, by the bytes of its data, which lie in one piece for
// each call of 500, as the wire decodes them.
func BenchmarkKeptInMemory(b *testing.B) {
	for _, size := range []int{200, 1 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			const calls = 400
			var before, after runtime.MemStats
			for range b.N {
				s := newStream(b, Config{Limits: generous()}, "s", 16)
				runtime.GC()
				runtime.ReadMemStats(&before)
				for range calls {
					mustPut(b, s, clock.Epoch, oneCall(size))
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(s)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(500*calls), "B/record")
		})
	}
}

// oneCall are the records of a call, their data and their keys in one piece each.
func oneCall(size int) []record.Record {
	recs, data, keys := make([]record.Record, 500), make([]byte, 500*size), ""
	for i := range recs {
		keys += fmt.Sprintf("user-%03d", i)
	}
	for i := range recs {
		key := keys[8*i : 8*i+8]
		recs[i] = record.Record{Key: key, Hash: HashKey(key), Data: data[i*size : (i+1)*size : (i+1)*size], Size: int32(size)}
	}
	return recs
}
