package journal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Each form of a record is the same again.
func TestRecordsRoundTrip(t *testing.T) {
	recs := []record.Record{
		{Arrival: 100, Key: "k", Data: []byte("data"), Size: 4, Hash: record.Hash{Hi: 1, Lo: 2}},
		{Arrival: 100, Data: []byte{}},
		{Arrival: 105, Key: strings.Repeat("ü", 128), Size: 1 << 20, Ours: true, Lane: 1<<32 - 1, KeyIndex: 12, Number: 1<<64 - 1, Due: 99},
		{Arrival: 90, Size: 5, Ours: true, Due: 200, Marker: true},
		{Arrival: 90, Data: make([]byte, 100_000), Size: 100_000, Ours: true, Number: 5},
		{Arrival: 90, Key: "k", Data: []byte("placed"), Size: 6, Hash: record.Hash{Hi: 1}, Explicit: true},
		{Arrival: 90, Key: "k", Data: []byte("its key's"), Size: 9, Hash: record.HashKey("k")},
		{Arrival: 90, Key: "k", Data: []byte("both"), Size: 4, Hash: record.HashKey("k"), Explicit: true},
	}
	for i := range recs {
		recs[i].Seq, recs[i].Shard = 1<<40+uint64(i), 9
	}
	j := Temporary(t.TempDir(), Config{})
	for _, runs := range [][][]record.Record{{recs[:2], recs[2:]}, {recs[:few]}, {recs[few:]}} {
		ref, _, err := j.AppendRecords(1<<63, 9, runs...)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Concat(runs...)
		got, err := j.Read(ref, nil)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if ref.First != want[0].Seq || ref.End() != want[0].Seq+uint64(len(want)) || ref.Arrival != want[0].Arrival {
			t.Errorf("the block is %+v", ref)
		}
	}
}

// The hash of a key that hashes as Kinesis says is not written beside it where that would be much of the block.
func TestAFewRecordsLeaveTheirHashesOut(t *testing.T) {
	bytes := func(n int, hash func(key string) record.Hash) (all int) {
		j := Temporary(t.TempDir(), Config{})
		recs := recordsFrom(0, n, 100)
		for i := range recs {
			recs[i].Hash = hash(recs[i].Key)
		}
		before := j.Written()
		if _, _, err := j.AppendRecords(1, 3, recs); err != nil {
			t.Fatal(err)
		}
		return int(j.Written() - before)
	}
	other := func(string) record.Hash { return record.Hash{Hi: 1} }
	for _, tt := range []struct{ records, saved int }{{1, 16}, {few, 16 * few}, {few + 1, 0}} {
		if got := bytes(tt.records, other) - bytes(tt.records, record.HashKey); got != tt.saved {
			t.Errorf("%d records: %d bytes are saved, not %d", tt.records, got, tt.saved)
		}
	}
}

// A put of one record of 200 B, committed by itself, is written with less than three bytes beside ten.
func TestALonePutIsWrittenWithLittleBeside(t *testing.T) {
	j := open(t, t.TempDir(), Config{})
	put(t, j, recordsFrom(0, 1, 200)) // the file's beginning is nobody's
	before := j.Written()
	rec := recordsFrom(1<<20, 1, 200)
	rec[0].Key, rec[0].Arrival = "device-1", 1_790_000_000_000_000_000
	rec[0].Hash = record.HashKey(rec[0].Key)
	put(t, j, rec)
	if n := j.Written() - before; n >= 260 {
		t.Errorf("200 B are written in %d", n)
	}
}

// FuzzBlock: no bytes make the decoder fail otherwise than with an error.
func FuzzBlock(f *testing.F) {
	body := (&Head{Kind: Records, Owner: 1, Shard: 3, First: 5, Count: 2, Arrival: 1000}).append(nil)
	for _, r := range recordsFrom(5, 2, 10) {
		body = appendRecord(body, &r, 2, 1000)
	}
	f.Add(body)
	f.Add([]byte{byte(Records), 1, 1, 1, 1, 0, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		h, payload, err := parseHead(body)
		if err != nil {
			return
		}
		recs, err := decodeRecords(h, payload, nil)
		if err == nil && len(recs) != h.Count {
			t.Errorf("%d records of %d", len(recs), h.Count)
		}
		_, _ = parseIndex(body, 1<<20)
	})
}

// FuzzOpen: a journal that was mutilated is refused, or has nothing but blocks that were appended, in their order.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	j, err := Open(dir, Config{FileBytes: 1000})
	if err != nil {
		f.Fatal(err)
	}
	const n = 12
	for i := range n {
		if _, _, err := j.AppendRecords(1, 3, recordsFrom(uint64(2*i), 2, 50)); err != nil {
			f.Fatal(err)
		}
		upTo, err := j.AppendDocument(2, []byte("state"))
		if err == nil {
			err = j.Commit(upTo)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil || len(names) < 2 {
		f.Fatal(names, err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		files[filepath.Base(name)] = b
	}
	f.Add(uint8(0), uint16(100), uint8(1), uint16(0xffff), []byte(nil))
	f.Add(uint8(1), uint16(200), uint8(0), uint16(300), []byte("abc"))
	f.Add(uint8(9), uint16(30), uint8(0xff), uint16(0xffff), []byte{0, 0, 0, 0})
	want := recordsFrom(0, 2*n, 50)
	f.Fuzz(func(t *testing.T, file uint8, off uint16, flip uint8, length uint16, more []byte) {
		dir := t.TempDir()
		for i, name := range names {
			b := append([]byte(nil), files[filepath.Base(name)]...)
			if i == int(file)%len(names) {
				b[int(off)%len(b)] ^= flip
				b = append(b[:min(int(length), len(b))], more...)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		j, err := Open(dir, Config{})
		if err != nil {
			return
		}
		defer j.Close()
		last := uint64(0)
		for _, b := range j.Blocks() {
			recs, err := j.Read(b.Ref, nil)
			if err != nil {
				continue // it is told when it is read
			}
			for i := range recs {
				if pos := recs[i].Seq; pos >= uint64(len(want)) || !cmp.Equal(recs[i], want[pos]) || pos < last {
					t.Fatalf("invented %+v after %d", recs[i], last)
				}
				last = recs[i].Seq + 1
			}
		}
		for owner, doc := range j.Documents() {
			if owner != 2 || string(doc) != "state" {
				t.Errorf("invented the document %q of %d", doc, owner)
			}
		}
	})
}
