package kinesis

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// spilling is a disk of temporary files.
func spilling(t testing.TB, cfg journal.Config, full DiskConfig) *Disk {
	t.Helper()
	full.Journal = journal.Temporary(t.TempDir(), cfg)
	d, err := NewDisk(full)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = full.Journal.Close() })
	return d
}

// numberedRecords are records of bytes that tell their number.
func numberedRecords(from, n, size int) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		data := make([]byte, size)
		copy(data, fmt.Sprintf("%08d", from+i))
		key := fmt.Sprintf("key-%d", from+i)
		recs[i] = record.Record{Key: key, Hash: HashKey(key), Data: data, Size: int32(size), Explicit: (from+i)%3 == 0}
	}
	return recs
}

// sameRecords demands that records are the same in the same order. cmp takes seconds for what this takes milliseconds for.
func sameRecords(t *testing.T, what string, want, got []record.Record) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if !reflect.DeepEqual(want[i], got[i]) {
			t.Fatalf("%s: record %d is\n%+v, want\n%+v", what, i, got[i], want[i])
		}
	}
	if len(want) != len(got) {
		t.Fatalf("%s: %d records, want %d", what, len(got), len(want))
	}
}

// readShard reads a shard from a position to its tip, in pages of so many records.
func readShard(t *testing.T, s *Service, now time.Time, shard int32, from uint64, most int) (recs []record.Record) {
	t.Helper()
	for {
		page, err := s.Read(now, "r", "s", shard, from, most, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Records) > most {
			t.Fatalf("%d records in a page of %d", len(page.Records), most)
		}
		recs = append(recs, page.Records...)
		if page.Next == from && page.Behind == 0 {
			return recs
		}
		from = page.Next
	}
}

// What memory has no room for is read from disk: nothing is lost, doubled or out of order, whatever its form.
func TestRecordsThatDoNotFitAreReadFromDisk(t *testing.T) {
	for _, form := range []string{"bytes", "ours"} {
		t.Run(form, func(t *testing.T) {
			w := &watcher{}
			c := clock.NewVirtual()
			const most = 1 << 20
			s := newStream(t, Config{
				Clock: c, MaxBytes: most, Observer: w, Limits: generous(), Disk: spilling(t, journal.Config{FileBytes: 1 << 20}, DiskConfig{}),
			}, "s", 2)
			var want [2][]record.Record
			for i := range 200 {
				c.RunUntil(clock.Epoch.Add(time.Duration(i) * time.Second))
				recs := numberedRecords(100*i, 100, 150)
				if form == "ours" {
					for k := range recs {
						recs[k].Ours, recs[k].Data, recs[k].Number, recs[k].Due = true, nil, uint64(100*i+k), c.Now().UnixNano()-5
					}
				}
				mustPut(t, s, c.Now(), recs)
				for _, r := range recs {
					want[r.Shard] = append(want[r.Shard], r)
				}
				if held := s.memory.Held(); held > most {
					t.Fatalf("%d bytes are held", held)
				}
			}
			if s.streams["s"].shards[0].inMemory() == 0 {
				t.Fatal("nothing went to disk")
			}
			for shard := range want {
				for _, page := range []int{10_000, 700} {
					sameRecords(t, fmt.Sprintf("shard %d in pages of %d", shard, page), want[shard], readShard(t, s, c.Now(), int32(shard), 0, page))
				}
			}
			checkPositions(t, s, want[0])
			var unread []record.Record
			passed, _ := s.Register("s", "late")
			passed(1, uint64(len(want[1])))
			passed(0, 70)
			s.Unread(func(_, _ string, _ int32, recs []record.Record) { unread = append(unread, recs...) })
			sameRecords(t, "unread", want[0][70:], unread)
			if w.trimmed != 0 {
				t.Errorf("%d records were trimmed", w.trimmed)
			}
		})
	}
}

// checkPositions compares the position of each instant, and what is left after a day.
func checkPositions(t *testing.T, s *Service, want []record.Record) {
	t.Helper()
	for i := 0; i < len(want); i += 61 {
		first := i
		for first > 0 && want[first-1].Arrival == want[i].Arrival {
			first--
		}
		at := record.Position{Type: "AT_TIMESTAMP", At: time.Unix(0, want[i].Arrival)}
		if pos, err := s.Position("s", 0, at); err != nil || pos != uint64(first) {
			t.Errorf("position of record %d's instant: %d, %v, want %d", i, pos, err, first)
		}
	}
}

// Retention and deletion free what is on disk, to the nanosecond.
func TestRecordsOnDiskExpire(t *testing.T) {
	c := clock.NewVirtual()
	d := spilling(t, journal.Config{FileBytes: 32 << 10}, DiskConfig{})
	s := newStream(t, Config{Clock: c, MaxBytes: 20_000, Limits: generous(), Disk: d}, "s", 1)
	for i := range 50 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i) * time.Minute))
		mustPut(t, s, c.Now(), numberedRecords(10*i, 10, 1000))
	}
	full := d.journal.Bytes()
	c.RunUntil(clock.Epoch.Add(minRetention + 20*time.Minute))
	if got := readShard(t, s, c.Now(), 0, 0, 10_000); len(got) != 300 || got[0].Seq != 200 {
		t.Errorf("after a day and 20 minutes there are %d records", len(got))
	}
	c.RunUntil(clock.Epoch.Add(minRetention + 20*time.Minute + 1))
	if pos, err := s.Position("s", 0, record.Position{Type: "TRIM_HORIZON"}); err != nil || pos != 210 {
		t.Errorf("trim horizon %d, %v, want 210", pos, err)
	}
	if left := d.journal.Bytes(); left > full*7/10 {
		t.Errorf("%d of %d bytes are left on disk", left, full)
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	if held, left := s.memory.Held(), d.journal.Bytes(); held != 0 || left > 40<<10 {
		t.Errorf("a deleted stream holds %d bytes of memory and %d of disk", held, left)
	}
}

// Runs drop what was read and never write it.
func TestWhatWasReadIsDroppedAndNotWritten(t *testing.T) {
	d := spilling(t, journal.Config{}, DiskConfig{})
	s := newStream(t, Config{MaxBytes: 100 * recordCost, DropRead: true, Limits: generous(), Disk: d}, "s", 1)
	for range 50 { // without a registered reader what is read is passed
		mustPut(t, s, clock.Epoch, ours(10, 1))
		if _, err := s.Read(clock.Epoch, "r", "s", 0, s.streams["s"].shards[0].readTo, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.journal.Written(); n != 0 {
		t.Errorf("%d bytes were written", n)
	}
}

func TestAFullDisk(t *testing.T) {
	const memory, disk = 100_000, 400_000
	fill := func(t *testing.T, d *Disk) (s *Service, w *watcher, refused int) {
		w = &watcher{}
		s = newStream(t, Config{MaxBytes: memory, Observer: w, Limits: generous(), Disk: d}, "s", 1)
		for i := range 100 {
			recs, res := numberedRecords(100*i, 10, 1000), make([]Result, 10)
			if err := s.Put(clock.Epoch, "s", recs, res); err != nil {
				t.Fatal(err)
			}
			for _, r := range res {
				if r.Limit == LimitInternal {
					refused++
				}
			}
		}
		return s, w, refused
	}
	config := journal.Config{MaxBytes: disk, FileBytes: 50_000}
	t.Run("trim", func(t *testing.T) {
		d := spilling(t, config, DiskConfig{})
		s, w, refused := fill(t, d)
		got := readShard(t, s, clock.Epoch, 0, 0, 10_000)
		if refused != 0 || w.trimmed == 0 || len(got) != 1000-w.trimmed || got[len(got)-1].Seq != 999 {
			t.Errorf("%d refused, %d trimmed, %d left", refused, w.trimmed, len(got))
		}
		if each := w.bytes / int64(w.trimmed); each < 1000 || each > 1200 {
			t.Errorf("%d bytes were trimmed, %d a record of 1,000", w.bytes, each)
		}
		if n := d.journal.Bytes(); n > disk || n < disk/2 || s.memory.Held() > memory {
			t.Errorf("%d bytes of disk, %d of memory", n, s.memory.Held())
		}
	})
	t.Run("refuse", func(t *testing.T) {
		d := spilling(t, config, DiskConfig{WhenFull: Refuse})
		s, w, refused := fill(t, d)
		got := readShard(t, s, clock.Epoch, 0, 0, 10_000)
		if refused == 0 || d.Refused() != int64(refused) || w.trimmed != 0 || len(got) != 1000-refused || got[0].Seq != 0 {
			t.Errorf("%d refused, %d trimmed, %d left", refused, w.trimmed, len(got))
		}
		if n := d.journal.Bytes(); n > disk || s.memory.Held() > memory+20_000 {
			t.Errorf("%d bytes of disk, %d of memory", n, s.memory.Held())
		}
		if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
			t.Fatal(err)
		}
		if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
			t.Fatal(err)
		}
		mustPut(t, s, clock.Epoch, ours(10, 1)) // there is room again
	})
	t.Run("fail", func(t *testing.T) {
		var told []error
		d := spilling(t, config, DiskConfig{WhenFull: Fail, Failed: func(err error) { told = append(told, err) }})
		_, w, refused := fill(t, d)
		if len(told) != 1 || !errors.Is(told[0], ErrDiskFull) || refused == 0 || w.trimmed != 0 {
			t.Errorf("told %v, %d refused, %d trimmed", told, refused, w.trimmed)
		}
	})
}

// Where the disk would not hold what memory has to give up at once the oldest records go all the same, and no put is refused.
func TestADiskThatIsSmallerThanASegment(t *testing.T) {
	const memory = 500_000
	d := spilling(t, journal.Config{MaxBytes: 100_000, FileBytes: 50_000}, DiskConfig{})
	w := &watcher{}
	s := newStream(t, Config{MaxBytes: memory, Observer: w, Limits: generous(), Disk: d}, "s", 1)
	for i := range 200 {
		mustPut(t, s, clock.Epoch, numberedRecords(10*i, 10, 1000))
		if held := s.memory.Held(); held > memory {
			t.Fatalf("%d bytes are held", held)
		}
	}
	got := readShard(t, s, clock.Epoch, 0, 0, 10_000)
	if w.trimmed == 0 || len(got) != 2000-w.trimmed || got[len(got)-1].Seq != 1999 || d.Refused() != 0 {
		t.Errorf("%d trimmed, %d left, %d refused", w.trimmed, len(got), d.Refused())
	}
}

// Where files cannot be written memory is relieved as where the disk is full.
func TestADiskThatCannotBeWritten(t *testing.T) {
	for _, full := range []WhenFull{Trim, Refuse} {
		files := journal.Temporary(filepath.Join(t.TempDir(), "missing"), journal.Config{})
		d, err := NewDisk(DiskConfig{Journal: files, WhenFull: full})
		if err != nil {
			t.Fatal(err)
		}
		w, refused := &watcher{}, 0
		s := newStream(t, Config{MaxBytes: 100_000, Observer: w, Limits: generous(), Disk: d}, "s", 1)
		for i := range 50 {
			res := make([]Result, 10)
			if err := s.Put(clock.Epoch, "s", numberedRecords(10*i, 10, 1000), res); err != nil {
				t.Fatal(err)
			}
			for _, r := range res {
				if r.Limit == LimitInternal {
					refused++
				}
			}
		}
		left := len(readShard(t, s, clock.Epoch, 0, 0, 10_000))
		if held := s.memory.Held(); held > 120_000 || left != 500-w.trimmed-refused || (w.trimmed > 0) != (full == Trim) || (refused > 0) != (full == Refuse) {
			t.Errorf("%s: %d bytes are held, %d trimmed, %d refused, %d left", full, held, w.trimmed, refused, left)
		}
	}
}
