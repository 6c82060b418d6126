package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// recordsFrom makes records that follow each other from a position on.
func recordsFrom(first uint64, n, size int) []record.Record {
	var out []record.Record
	for i := range n {
		pos := first + uint64(i)
		data := make([]byte, size)
		for k := range data {
			data[k] = byte(pos) + byte(k)
		}
		out = append(out, record.Record{
			Seq: pos, Shard: 3, Arrival: 1000 + int64(pos), Key: "key", Hash: record.Hash{Hi: pos, Lo: 7}, Data: data, Size: int32(size),
		})
	}
	return out
}

func open(t *testing.T, dir string, cfg Config) *Journal {
	t.Helper()
	j, err := Open(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// put appends and commits records of owner 1 and shard 3.
func put(t *testing.T, j *Journal, recs []record.Record) Ref {
	t.Helper()
	ref, upTo, err := j.AppendRecords(1, 3, recs)
	if err == nil {
		err = j.Commit(upTo)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// contents are the records of all blocks that were found.
func contents(t *testing.T, j *Journal) (recs []record.Record) {
	t.Helper()
	for _, b := range j.Blocks() {
		var err error
		if recs, err = j.Read(b.Ref, recs); err != nil {
			t.Fatal(err)
		}
	}
	return recs
}

func TestWhatIsCommittedIsThereAgain(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Config{FileBytes: 2000})
	var want []record.Record
	for i := range 20 {
		recs := recordsFrom(uint64(10*i), 10, 30)
		put(t, j, recs)
		want = append(want, recs...)
	}
	for _, doc := range []string{"old", "new"} {
		if _, err := j.AppendDocument(7, []byte(doc)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first opening may have changed something
		j = open(t, dir, Config{FileBytes: 2000})
		if diff := cmp.Diff(want, contents(t, j)); diff != "" {
			t.Fatalf("records (-want +got):\n%s", diff)
		}
		if got := string(j.Documents()[7]); got != "new" {
			t.Errorf("the document is %q", got)
		}
		if n := j.NewOwner(); n != 8 {
			t.Errorf("the next owner is %d", n)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*"+extension)); len(names) < 4 {
		t.Errorf("there are only the files %v", names)
	}
}

// A journal that was not closed is as it was committed, wherever in the bytes after that the process ended.
func TestTheTornEndIsCut(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Config{})
	put(t, j, recordsFrom(0, 3, 20))
	path := filepath.Join(dir, fileName(1))
	kept := fileSize(t, path)
	put(t, j, recordsFrom(3, 2, 20))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := kept; n <= int64(len(whole)); n++ {
		want := recordsFrom(0, 3, 20)
		if n == int64(len(whole)) {
			want = recordsFrom(0, 5, 20)
		}
		torn := t.TempDir()
		if err := os.WriteFile(filepath.Join(torn, fileName(1)), whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, torn, Config{})
		if diff := cmp.Diff(want, contents(t, j)); diff != "" {
			t.Fatalf("cut to %d bytes (-want +got):\n%s", n, diff)
		}
		put(t, j, recordsFrom(uint64(len(want)), 1, 20)) // it goes on
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = open(t, torn, Config{})
		if got := len(contents(t, j)); got != len(want)+1 {
			t.Fatalf("cut to %d bytes and gone on with: %d records", n, got)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   string
	}{
		{"a block that was synced is damaged", func(b []byte) []byte { b[headerBytes+20] ^= 1; return b }, "is damaged at offset 24"},
		{"another version", func(b []byte) []byte { b[8] = 9; return b }, "has the format version 9; this program reads version 2"},
		{"something else", func([]byte) []byte { return []byte(strings.Repeat("something else ", 9)) }, "is no file of a journal"},
		{"another file's content", func(b []byte) []byte { b[12] = 5; return b }, "was file 5 of its journal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			j := open(t, dir, Config{})
			put(t, j, recordsFrom(0, 3, 20))
			put(t, j, recordsFrom(3, 3, 20))
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, fileName(1))
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.change(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(dir, Config{}); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %s with %q", err, path, tt.want)
			}
		})
	}
	t.Run("in use", func(t *testing.T) {
		dir := t.TempDir()
		open(t, dir, Config{})
		if _, err := Open(dir, Config{}); err == nil || !strings.Contains(err.Error(), dir+" is in use by another process") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a file in the middle without its index", func(t *testing.T) {
		dir := t.TempDir()
		j := open(t, dir, Config{FileBytes: 100})
		for i := range 5 {
			put(t, j, recordsFrom(uint64(i), 1, 200))
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fileName(2))
		if err := os.Truncate(path, fileSize(t, path)-1); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Config{}); err == nil || !strings.Contains(err.Error(), path+" has no index at its end") {
			t.Errorf("error %v", err)
		}
	})
}

// A file of which nothing is needed goes, and documents in it go on.
func TestFilesGo(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Config{FileBytes: 500})
	if _, err := j.AppendDocument(2, []byte("state")); err != nil {
		t.Fatal(err)
	}
	if _, err := j.AppendDocument(3, nil); err != nil { // an owner that is no more
		t.Fatal(err)
	}
	var refs []Ref
	for i := range 20 {
		refs = append(refs, put(t, j, recordsFrom(uint64(i), 1, 200)))
	}
	before := j.Bytes()
	j.Release(refs[:15])
	put(t, j, recordsFrom(20, 1, 200)) // what is dead goes with the next commit
	if now := j.Bytes(); now > before/2 {
		t.Errorf("%d bytes are left of %d", now, before)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*"+extension)); len(names) > 5 {
		t.Errorf("there are still the files %v", names)
	}
	if _, err := j.Read(refs[0], nil); !errors.Is(err, ErrGone) {
		t.Errorf("a block that is gone is read with %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir, Config{FileBytes: 500})
	if got := string(j.Documents()[2]); got != "state" {
		t.Errorf("the document is %q", got)
	}
	recs := contents(t, j)
	if len(recs) < 6 || recs[len(recs)-1].Seq != 20 {
		t.Errorf("%d records are left", len(recs))
	}
}

func TestTemporaryLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	j := Temporary(dir, Config{FileBytes: 500})
	var refs []Ref
	for i := range 20 {
		ref, _, err := j.AppendRecords(1, 3, recordsFrom(uint64(2*i), 1, 100), recordsFrom(uint64(2*i+1), 1, 100))
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v %v are left while it is open", entries, err)
	}
	var got []record.Record
	for _, ref := range refs {
		var err error
		if got, err = j.Read(ref, got); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(recordsFrom(0, 40, 100), got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	before := j.Bytes()
	j.Release(refs)
	if now := j.Bytes(); now > before/4 {
		t.Errorf("%d bytes are left of %d", now, before)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// After a write that failed nothing is committed.
func TestAFailureIsForGood(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Config{FileBytes: 100})
	put(t, j, recordsFrom(0, 1, 200))
	if err := os.WriteFile(filepath.Join(dir, fileName(2)), nil, 0o600); err != nil { // where the next file is to be
		t.Fatal(err)
	}
	_, upTo, err := j.AppendRecords(1, 3, recordsFrom(1, 1, 200))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Commit(upTo); !errors.Is(err, os.ErrExist) {
		t.Errorf("commit: %v", err)
	}
	if _, _, err := j.AppendRecords(1, 3, recordsFrom(2, 1, 200)); !errors.Is(err, os.ErrExist) {
		t.Errorf("append after that: %v", err)
	}
	if err := j.Commit(upTo); err == nil {
		t.Error("a second commit succeeded")
	}
}
