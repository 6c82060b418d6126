package objectstore_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

var now = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// newStore makes a store with a bucket named bucket.
func newStore(t testing.TB, c objectstore.Config) *objectstore.Service {
	t.Helper()
	s := objectstore.New(c)
	if err := s.CreateBucket(now, "bucket"); err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *objectstore.Service, key, body string) {
	t.Helper()
	if _, err := s.Put(now, "bucket", key, []byte(body), objectstore.Meta{}); err != nil {
		t.Fatal(err)
	}
}

// lazy makes n records of ours, bytes those of a wire.
func lazy(n int) (recs []record.Record) {
	for i := range n {
		recs = append(recs, record.Record{Number: uint64(i), Size: 8, Ours: true})
	}
	return recs
}

func wire(bodies ...string) (recs []record.Record) {
	for _, b := range bodies {
		recs = append(recs, record.Record{Data: []byte(b), Size: int32(len(b))})
	}
	return recs
}

func render(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "%08d", r.Number) }

func gunzip(t *testing.T, b []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func unzstd(t *testing.T, b []byte) string {
	t.Helper()
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out, err := r.DecodeAll(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestBuckets(t *testing.T) {
	s := objectstore.New(objectstore.Config{})
	names := []struct {
		name string
		want error
	}{
		{"abc", nil},
		{"my-bucket.2026", nil},
		{strings.Repeat("a", 63), nil},
		{"1.2.3", nil},
		{"123", nil},
		{"ab", objectstore.ErrInvalidBucketName},
		{strings.Repeat("a", 64), objectstore.ErrInvalidBucketName},
		{"My-bucket", objectstore.ErrInvalidBucketName},
		{"-abc", objectstore.ErrInvalidBucketName},
		{"abc.", objectstore.ErrInvalidBucketName},
		{"a..b", objectstore.ErrInvalidBucketName},
		{"a_b", objectstore.ErrInvalidBucketName},
		{"192.168.0.1", objectstore.ErrInvalidBucketName},
		{"abc", objectstore.ErrBucketExists},
	}
	for _, tt := range names {
		if err := s.CreateBucket(now, tt.name); !errors.Is(err, tt.want) {
			t.Errorf("create %q: %v, want %v", tt.name, err, tt.want)
		}
	}
	if got := s.Buckets(); len(got) != 5 || got[0].Name != "1.2.3" || !got[0].Created.Equal(now) {
		t.Errorf("buckets %v", got)
	}
	if _, err := s.Put(now, "abc", "k", nil, objectstore.Meta{}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteBucket("abc"); !errors.Is(err, objectstore.ErrBucketNotEmpty) {
		t.Errorf("delete a bucket with an object: %v", err)
	}
	if err := errors.Join(s.Delete("abc", "k"), s.Delete("abc", "never was"), s.DeleteBucket("abc")); err != nil {
		t.Error(err)
	}
	if _, err := s.HeadBucket("abc"); !errors.Is(err, objectstore.ErrNoSuchBucket) {
		t.Errorf("head of a deleted bucket: %v", err)
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes are used by nothing", s.Used())
	}
}

func TestObjectsOfRecords(t *testing.T) {
	tests := []struct {
		name        string
		records     []record.Record
		compression string
		known       bool // the size, at once
		want        string
	}{
		{"bytes", wire("one\n", "", "two"), "", true, "one\ntwo"},
		{"bytes, compressed", wire("one\n", "two"), objectstore.Gzip, true, "one\ntwo"},
		{"ours", lazy(3), objectstore.Uncompressed, true, "000000000000000100000002"},
		{"ours, compressed", lazy(2), objectstore.Gzip, false, "0000000000000001"},
		{"bytes, compressed by zstd", wire("one\n", "two"), objectstore.Zstd, true, "one\ntwo"},
		{"ours, compressed by zstd", lazy(2), objectstore.Zstd, false, "0000000000000001"},
		{"some of each", append(lazy(1), wire("x")...), "", true, "00000000x"},
		{"none", nil, "", true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t, objectstore.Config{Render: render})
			size, err := s.PutRecords(now, "bucket", "k", tt.records, tt.compression)
			if err != nil {
				t.Fatal(err)
			}
			if known := size >= 0; known != tt.known {
				t.Errorf("size %d, known %v; want %v", size, known, tt.known)
			}
			page, _ := s.List("bucket", objectstore.ListQuery{})
			if page.Objects[0].Size != size {
				t.Errorf("listed with size %d, put with %d", page.Objects[0].Size, size)
			}
			info, err := s.Head("bucket", "k")
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Get("bucket", "k")
			if err != nil {
				t.Fatal(err)
			}
			body := string(got.Body)
			encoding := ""
			switch tt.compression {
			case objectstore.Gzip:
				body, encoding = gunzip(t, got.Body), "gzip"
			case objectstore.Zstd:
				body, encoding = unzstd(t, got.Body), "zstd"
			}
			if got.Meta.ContentEncoding != encoding {
				t.Errorf("Content-Encoding %q, want %q", got.Meta.ContentEncoding, encoding)
			}
			if body != tt.want || info.Size != int64(len(got.Body)) || size >= 0 && size != info.Size {
				t.Errorf("body %q of %d bytes (size %d at first, %d by Head), want %q", body, len(got.Body), size, info.Size, tt.want)
			}
			if info.ETag != got.ETag || len(got.ETag) != 32 || info.Records != len(tt.records) {
				t.Errorf("%+v", info)
			}
		})
	}
}

func TestObjectsAreRefused(t *testing.T) {
	s := newStore(t, objectstore.Config{MaxBytes: 10_000})
	putErr := func(bucket, key string, n int) error {
		_, err := s.Put(now, bucket, key, make([]byte, n), objectstore.Meta{})
		return err
	}
	get := func(key string) error {
		_, err := s.Get("bucket", key)
		return err
	}
	_, compression := s.PutRecords(now, "bucket", "k", nil, "ZIP")
	_, lost := s.PutRecords(now, "elsewhere", "k", nil, "")
	if _, err := s.PutRecords(now, "bucket", "lazy", lazy(1), objectstore.Gzip); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"no bucket", putErr("elsewhere", "k", 1), objectstore.ErrNoSuchBucket},
		{"no bucket for records", lost, objectstore.ErrNoSuchBucket},
		{"no key", putErr("bucket", "", 1), objectstore.ErrKeyTooLong},
		{"key too long", putErr("bucket", strings.Repeat("k", 1025), 1), objectstore.ErrKeyTooLong},
		{"too large for the store", putErr("bucket", "k", 20_000), objectstore.ErrFull},
		{"not there", get("nowhere"), objectstore.ErrNoSuchKey},
		{"nothing to render with", get("lazy"), objectstore.ErrNotRendered},
	}
	for _, tt := range tests {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	if compression == nil {
		t.Error("an unknown compression was accepted")
	}
}

func TestDropRead(t *testing.T) {
	s := newStore(t, objectstore.Config{DropRead: true, Render: render})
	if _, err := s.PutRecords(now, "bucket", "k", lazy(100), objectstore.Gzip); err != nil {
		t.Fatal(err)
	}
	before := s.Used()
	first, err := s.Get("bucket", "k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("bucket", "k"); err != nil {
		t.Errorf("fetched in part it is still there: %v", err)
	}
	first.Fetched()
	first.Fetched()
	if _, err := s.Get("bucket", "k"); !errors.Is(err, objectstore.ErrDropped) {
		t.Errorf("after it was fetched: %v", err)
	}
	if gunzip(t, first.Body) == "" {
		t.Error("the body that was fetched is gone")
	}
	info, err := s.Head("bucket", "k")
	if err != nil || info.Size != int64(len(first.Body)) || info.ETag != first.ETag {
		t.Errorf("its metadata is gone: %+v, %v", info, err)
	}
	if s.Used() >= before {
		t.Errorf("%d bytes used before, %d after", before, s.Used())
	}
}

func TestDropRecords(t *testing.T) {
	s := newStore(t, objectstore.Config{DropRecords: true, Render: render})
	size, err := s.PutRecords(now, "bucket", "lazy", lazy(100), objectstore.Gzip)
	if err != nil || size != -1 {
		t.Fatalf("%d, %v", size, err)
	}
	if _, err := s.Get("bucket", "lazy"); !errors.Is(err, objectstore.ErrDropped) {
		t.Errorf("fetched what is not kept: %v", err)
	}
	if info, err := s.Head("bucket", "lazy"); err != nil || info.Records != 100 || info.Size != -1 {
		t.Errorf("%+v, %v", info, err)
	}
	if _, err := s.PutRecords(now, "bucket", "wire", wire("x"), ""); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get("bucket", "wire"); err != nil || string(got.Body) != "x" {
		t.Errorf("bytes of a wire are kept: %v", err)
	}
}

func TestTheCapDropsWhatWasFetchedLongestAgo(t *testing.T) {
	s := newStore(t, objectstore.Config{MaxBytes: 50_000})
	body := strings.Repeat("x", 10_000)
	for _, k := range []string{"a", "b", "c", "d"} {
		put(t, s, k, body)
	}
	if _, err := s.Put(now, "bucket", "e", []byte(body), objectstore.Meta{}); !errors.Is(err, objectstore.ErrFull) {
		t.Fatalf("nothing was fetched, and yet: %v", err)
	}
	for _, k := range []string{"c", "a"} {
		o, err := s.Get("bucket", k)
		if err != nil {
			t.Fatal(err)
		}
		o.Fetched()
	}
	put(t, s, "e", body)
	for k, want := range map[string]error{"a": nil, "b": nil, "c": objectstore.ErrDropped, "d": nil, "e": nil} {
		if _, err := s.Get("bucket", k); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", k, err, want)
		}
	}
}

func TestReplacingAndDeletingFreesAll(t *testing.T) {
	s := newStore(t, objectstore.Config{Render: render})
	for i := range 800 {
		key := fmt.Sprint("k", i%7)
		put(t, s, key, "body")
		if _, err := s.PutRecords(now, "bucket", key, lazy(3), objectstore.Gzip); err != nil {
			t.Fatal(err)
		}
		if o, err := s.Get("bucket", key); err != nil {
			t.Fatal(err)
		} else if i%2 == 0 {
			o.Fetched()
		}
		if err := s.Delete("bucket", key); err != nil {
			t.Fatal(err)
		}
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes are used by nothing", s.Used())
	}
	if page, _ := s.List("bucket", objectstore.ListQuery{}); len(page.Objects) != 0 {
		t.Errorf("%d objects are listed", len(page.Objects))
	}
}

func TestConcurrentUse(t *testing.T) {
	s := newStore(t, objectstore.Config{MaxBytes: 1 << 20, Render: render})
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 200 {
				key := fmt.Sprintf("%d/%d", g, i)
				if _, err := s.PutRecords(now, "bucket", key, append(lazy(2), wire("abc", strings.Repeat("x", 2000))...), objectstore.Gzip); err != nil {
					t.Error(err)
				}
				if o, err := s.Get("bucket", key); err == nil {
					o.Fetched()
				} else {
					t.Error(err)
				}
				if _, err := s.List("bucket", objectstore.ListQuery{Prefix: fmt.Sprint(g), Max: 3}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if s.Used() > 1<<20 {
		t.Errorf("%d bytes are used, over the cap", s.Used())
	}
}
