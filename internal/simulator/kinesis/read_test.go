package kinesis

import (
	"errors"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// mustPut stores records of a key and demands that all are taken.
func mustPut(t testing.TB, s *Service, now time.Time, recs []record.Record) {
	t.Helper()
	res := make([]Result, len(recs))
	if err := s.Put(now, "s", recs, res); err != nil {
		t.Fatal(err)
	}
	for i, r := range res {
		if r.Limit != LimitNone {
			t.Fatalf("record %d was refused by %s", i, r.Limit)
		}
	}
}

// TestTwoReadersShareFiveReadsASecond: a poller every 150 ms beside one every 200 ms for a minute: exactly five a second
// are answered between them once the burst is used up.
func TestTwoReadersShareFiveReadsASecond(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	answered, refused := 0, 0
	read := func(at time.Duration) {
		_, err := s.Read(clock.Epoch.Add(at), "r", "s", 0, 0, 0, nil)
		switch {
		case err == nil:
			answered++
		case errors.Is(err, record.ErrThroughputExceeded):
			refused++
		default:
			t.Fatal(err)
		}
	}
	for at := time.Duration(0); at < 60*time.Second; at += 50 * time.Millisecond {
		if at%(150*time.Millisecond) == 0 {
			read(at)
		}
		if at%(200*time.Millisecond) == 0 {
			read(at)
		}
	}
	if answered != 5+5*60-1 { // the last call of the minute is at 59.85 s: the 300th token is not there yet
		t.Errorf("answered %d, want %d", answered, 304)
	}
	if answered+refused != 400+300 {
		t.Errorf("%d answered + %d refused", answered, refused)
	}
}

// TestBacklogIsReadAt2MiBASecond: two readers of a long backlog get 2 MiB a second between them.
func TestBacklogIsReadAt2MiBASecond(t *testing.T) {
	limits := generous()
	limits.ReadCalls, limits.ReadBytes, limits.ResponseBytes = 0, 0, 0
	s := newStream(t, Config{Limits: limits}, "s", 1)
	recs := ours(500, 1023)
	for i := range recs {
		recs[i].Key = "k"
	}
	for range 600 { // 300,000 KiB
		mustPut(t, s, clock.Epoch, recs)
	}
	var next [2]uint64
	var bytes int64
	const last = 100 * time.Second
	for at := time.Duration(0); at < last; at += 100 * time.Millisecond {
		reader := int(at/(100*time.Millisecond)) % 2
		page, err := s.Read(clock.Epoch.Add(at), "r", "s", 0, next[reader], 0, nil)
		if err != nil {
			if !errors.Is(err, record.ErrThroughputExceeded) {
				t.Fatal(err)
			}
			continue
		}
		next[reader] = page.Next
		bytes += int64(len(page.Records)) * 1024
	}
	// What was read is what flowed in, the burst, and a debt of at most one response.
	flowed := int64(2<<20) * int64(last/time.Second)
	if bytes < flowed || bytes > flowed+2<<20+10<<20 {
		t.Errorf("read %.2f MiB/s of a backlog, want 2", float64(bytes)/float64(mib)/last.Seconds())
	}
}

// TestReadOf10MiBIsPaidOff: the answer that goes 10 MiB into debt keeps the shard shut for the 5 s that AWS names.
func TestReadOf10MiBIsPaidOff(t *testing.T) {
	limits := generous()
	limits.ReadBytes, limits.ReadCalls, limits.ResponseBytes = 0, 0, 0
	s := newStream(t, Config{Limits: limits}, "s", 1)
	big := make([]record.Record, 40)
	for i := range big {
		big[i] = record.Record{Key: "k", Size: 1<<20 - 1, Ours: true}
	}
	mustPut(t, s, clock.Epoch, big)
	now := clock.Epoch
	page, err := s.Read(now, "r", "s", 0, 0, 0, nil)
	if err != nil || len(page.Records) != 10 {
		t.Fatalf("first read: %d records, %v", len(page.Records), err)
	}
	// The shard was rested: 2 of the 10 MiB were there. From then on each 10 MiB take 5 s.
	for _, wait := range []time.Duration{4 * time.Second, 5 * time.Second, 5 * time.Second} {
		if _, err := s.Read(now.Add(wait-1), "r", "s", 0, page.Next, 0, nil); !errors.Is(err, record.ErrThroughputExceeded) {
			t.Fatalf("a nanosecond before %v: %v", wait, err)
		}
		now = now.Add(wait)
		if page, err = s.Read(now, "r", "s", 0, page.Next, 0, nil); err != nil || len(page.Records) != 10 {
			t.Fatalf("after %v: %d records, %v", wait, len(page.Records), err)
		}
	}
}

func TestReadPages(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{ReadCalls: 1e6, ReadBytes: 1e9}}, "s", 1)
	for i := range 10 {
		mustPut(t, s, clock.Epoch.Add(time.Duration(i)*time.Second), []record.Record{{Key: "k", Number: uint64(i), Size: 1, Ours: true}})
	}
	now := clock.Epoch.Add(9500 * time.Millisecond)
	tests := []struct {
		name   string
		from   uint64
		most   int
		want   int
		next   uint64
		behind time.Duration
	}{
		{"all", 0, 0, 10, 10, 0},
		{"two", 0, 2, 2, 2, 8500 * time.Millisecond},
		{"the last two", 8, 2, 2, 10, 0},
		{"all but the last", 5, 4, 4, 9, 1500 * time.Millisecond},
		{"at the tip", 10, 5, 0, 10, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := s.Read(now, "r", "s", 0, tt.from, tt.most, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Records) != tt.want || page.Next != tt.next || page.Behind != tt.behind || page.End {
				t.Errorf("%d records, next %d, behind %v, end %v", len(page.Records), page.Next, page.Behind, page.End)
			}
			for i, r := range page.Records {
				if r.Number != tt.from+uint64(i) {
					t.Errorf("record %d is number %d", i, r.Number)
				}
			}
		})
	}
	t.Run("behind is never 0 before the tip", func(t *testing.T) {
		mustPut(t, s, now, ours(5, 1))
		page, err := s.Read(now, "r", "s", 0, 10, 4, nil)
		if err != nil || page.Behind <= 0 {
			t.Errorf("behind %v, %v", page.Behind, err)
		}
	})
	t.Run("appended to the buffer", func(t *testing.T) {
		page, err := s.Read(now, "r", "s", 0, 0, 3, make([]record.Record, 2, 100))
		if err != nil || len(page.Records) != 5 || page.Next != 3 {
			t.Errorf("%d records, next %d, %v", len(page.Records), page.Next, err)
		}
	})
	for _, shard := range []int32{-1, 1} {
		if _, err := s.Read(now, "r", "s", shard, 0, 0, nil); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("shard %d: %v", shard, err)
		}
	}
}

// TestReadOfAClosedShard: a shard that resharding closed is read to its end, which names its children.
func TestReadOfAClosedShard(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	mustPut(t, s, clock.Epoch, ours(3, 1))
	sh := s.streams["s"].shards[0]
	sh.closed, sh.children = clock.Epoch.UnixNano()+1, []int32{1, 2}
	page, err := s.Read(clock.Epoch, "r", "s", 0, 0, 2, nil)
	if err != nil || page.End {
		t.Fatalf("before the end: %+v, %v", page, err)
	}
	page, err = s.Read(clock.Epoch, "r", "s", 0, page.Next, 2, nil)
	if err != nil || !page.End || len(page.Children) != 2 || len(page.Records) != 1 {
		t.Fatalf("at the end: %+v, %v", page, err)
	}
}

func TestPosition(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for i := range 5 {
		mustPut(t, s, clock.Epoch.Add(time.Duration(i)*time.Second), ours(2, 1))
	}
	tests := []struct {
		name string
		at   record.Position
		want uint64
	}{
		{"trim horizon", record.Position{Type: "TRIM_HORIZON"}, 0},
		{"latest", record.Position{Type: "LATEST"}, 10},
		{"a record's own instant", record.Position{Type: "AT_TIMESTAMP", At: clock.Epoch.Add(2 * time.Second)}, 4},
		{"between two", record.Position{Type: "AT_TIMESTAMP", At: clock.Epoch.Add(2500 * time.Millisecond)}, 6},
		{"before the first", record.Position{Type: "AT_TIMESTAMP", At: clock.Epoch.Add(-time.Hour)}, 0},
		{"after the last", record.Position{Type: "AT_TIMESTAMP", At: clock.Epoch.Add(time.Hour)}, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Position("s", 0, tt.at)
			if err != nil || got != tt.want {
				t.Errorf("position %d, %v, want %d", got, err, tt.want)
			}
		})
	}
	if _, err := s.Position("s", 0, record.Position{Type: "SOMEWHERE"}); err == nil {
		t.Error("an unknown type was taken")
	}
	if _, err := s.Position("s", 9, record.Position{Type: "LATEST"}); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("a missing shard: %v", err)
	}
}
