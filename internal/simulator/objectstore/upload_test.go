package objectstore_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

func TestUpload(t *testing.T) {
	s := newStore(t, objectstore.Config{})
	id, err := s.CreateUpload("bucket", "k", objectstore.Meta{ContentType: "text/plain"})
	if err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte{'x'}, objectstore.MinPartBytes)
	var parts []objectstore.CompletedPart
	for n, body := range map[int][]byte{2: []byte("the end"), 1: large, 7: []byte("not used")} {
		etag, err := s.UploadPart("bucket", "k", id, n, body)
		if err != nil {
			t.Fatal(err)
		}
		if n != 7 {
			parts = append(parts, objectstore.CompletedPart{Number: n, ETag: etag})
		}
	}
	if parts[0].Number == 2 {
		parts[0], parts[1] = parts[1], parts[0]
	}
	wrong := []struct {
		name  string
		parts []objectstore.CompletedPart
		want  error
	}{
		{"no parts", nil, objectstore.ErrInvalidPart},
		{"a part that is not there", append(parts[:1:1], objectstore.CompletedPart{Number: 3, ETag: parts[1].ETag}), objectstore.ErrInvalidPart},
		{"another ETag", []objectstore.CompletedPart{{Number: 1, ETag: parts[1].ETag}}, objectstore.ErrInvalidPart},
		{"not in order", []objectstore.CompletedPart{parts[1], parts[0]}, objectstore.ErrPartOrder},
		{"the same twice", []objectstore.CompletedPart{parts[0], parts[0]}, objectstore.ErrPartOrder},
	}
	for _, tt := range wrong {
		if _, err := s.CompleteUpload(now, "bucket", "k", id, tt.parts); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	info, err := s.CompleteUpload(now, "bucket", "k", id, parts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get("bucket", "k")
	if err != nil || !bytes.Equal(got.Body, append(large, "the end"...)) || got.Meta.ContentType != "text/plain" {
		t.Errorf("%d bytes, %+v, %v", len(got.Body), got.Meta, err)
	}
	if want := "-2"; info.ETag[32:] != want {
		t.Errorf("ETag %s, want one that ends with %s", info.ETag, want)
	}
	if _, err := s.CompleteUpload(now, "bucket", "k", id, parts); !errors.Is(err, objectstore.ErrNoSuchUpload) {
		t.Errorf("completed twice: %v", err)
	}
	if err := s.Delete("bucket", "k"); err != nil || s.Used() != 0 {
		t.Errorf("%d bytes are used by nothing, %v", s.Used(), err)
	}
}

func TestUploadIsRefused(t *testing.T) {
	s := newStore(t, objectstore.Config{MaxBytes: 1 << 20})
	id, err := s.CreateUpload("bucket", "k", objectstore.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	part := func(key, id string, n, size int) error {
		_, err := s.UploadPart("bucket", key, id, n, make([]byte, size))
		return err
	}
	_, noBucket := s.CreateUpload("elsewhere", "k", objectstore.Meta{})
	_, noKey := s.CreateUpload("bucket", "", objectstore.Meta{})
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"no bucket", noBucket, objectstore.ErrNoSuchBucket},
		{"no key", noKey, objectstore.ErrKeyTooLong},
		{"another key", part("other", id, 1, 1), objectstore.ErrNoSuchUpload},
		{"another upload", part("k", "upload", 1, 1), objectstore.ErrNoSuchUpload},
		{"part 0", part("k", id, 0, 1), objectstore.ErrInvalidPart},
		{"part 10,001", part("k", id, 10_001, 1), objectstore.ErrInvalidPart},
		{"over the cap", part("k", id, 1, 2<<20), objectstore.ErrFull},
		{"a part", part("k", id, 1, 1000), nil},
		{"the part again", part("k", id, 1, 500), nil},
		{"another part", part("k", id, 2, 500), nil},
	}
	for _, tt := range tests {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	if _, err := s.CompleteUpload(now, "bucket", "k", id, []objectstore.CompletedPart{{Number: 1, ETag: "nobody gave"}}); !errors.Is(err, objectstore.ErrInvalidPart) {
		t.Errorf("completed with an ETag nobody gave: %v", err)
	}
	if err := s.AbortUpload("bucket", "k", id); err != nil || s.Used() != 0 {
		t.Errorf("abort leaves %d bytes, %v", s.Used(), err)
	}
	if err := s.AbortUpload("bucket", "k", id); !errors.Is(err, objectstore.ErrNoSuchUpload) {
		t.Errorf("aborted twice: %v", err)
	}
}

func TestUploadPartsButTheLastAreLarge(t *testing.T) {
	s := newStore(t, objectstore.Config{})
	id, _ := s.CreateUpload("bucket", "k", objectstore.Meta{})
	one, _ := s.UploadPart("bucket", "k", id, 1, []byte("small"))
	two, _ := s.UploadPart("bucket", "k", id, 2, []byte("small"))
	_, err := s.CompleteUpload(now, "bucket", "k", id, []objectstore.CompletedPart{{Number: 1, ETag: one}, {Number: 2, ETag: two}})
	if !errors.Is(err, objectstore.ErrPartTooSmall) {
		t.Errorf("%v", err)
	}
	if err := s.DeleteBucket("bucket"); err != nil || s.Used() != 0 {
		t.Errorf("a bucket goes with its uploads: %v, %d bytes used", err, s.Used())
	}
}
