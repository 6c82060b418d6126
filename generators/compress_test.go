package generators

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// decompressed is a whole body as a decoder of its own has it.
func decompressed(t *testing.T, compression string, body []byte) string {
	t.Helper()
	var from io.Reader = bytes.NewReader(body)
	var err error
	if compression == Gzip {
		from, err = gzip.NewReader(from)
	} else {
		from, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCompressedBodiesAreThoseOfTheGenerator compares every kind's compressed records with the others: the same but for the body
// and its size, drawn in order, sought and moved to another start.
func TestCompressedBodiesAreThoseOfTheGenerator(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		for _, compression := range []string{Gzip, Zstd} {
			c, err := Compress(g, compression)
			if err != nil {
				t.Fatal(err)
			}
			lane := busy(g)[0]
			want, got := draw(g.Lane(lane), 50), draw(c.Lane(lane), 50)
			for i := range want {
				if len(got[i].body) != int(got[i].Size) {
					t.Fatalf("record %d has %d bytes, its size is %d", i, len(got[i].body), got[i].Size)
				}
				if text := decompressed(t, compression, []byte(got[i].body)); text != want[i].body {
					t.Fatalf("record %d is %s, want %s", i, text, want[i].body)
				}
				if got[i].Key != want[i].Key || got[i].Number != want[i].Number || got[i].Due != want[i].Due {
					t.Fatalf("record %d is %+v, want %+v", i, got[i], want[i])
				}
			}
			l := c.Lane(lane)
			l.Seek(40)
			if again := draw(l, 1); len(again[0].body) != int(again[0].Size) || again[0].Number != 40 {
				t.Errorf("sought %+v", again[0])
			}
			start := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
			moved, theirs := draw(c.At(start).Lane(lane), 3), draw(g.At(start).Lane(lane), 3)
			if text := decompressed(t, compression, []byte(moved[2].body)); text != theirs[2].body {
				t.Errorf("moved: %s, want %s", text, theirs[2].body)
			}
		}
	})
}

func TestCompressRefuses(t *testing.T) {
	if g, err := Compress(nil, ""); g != nil || err != nil {
		t.Errorf("no compression: %v, %v", g, err)
	}
	if _, err := Compress(nil, "gzp"); err == nil || !strings.Contains(err.Error(), `gzip`) {
		t.Errorf("error %v", err)
	}
}

// concatenated are bodies one after the other, as Firehose writes them, with where each begins.
func concatenated(t testing.TB) (all []byte, begins []int) {
	g, err := NewClickstream(Config{Run: 0xabc}, ClickstreamConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i, compression := range []string{Zstd, Gzip, "", Zstd, Zstd, Gzip, Gzip, "", ""} {
		c, err := Compress(g, compression)
		if err != nil {
			t.Fatal(err)
		}
		l := c.Lane(0)
		l.Seek(uint64(i))
		var r Record
		l.Next(time.Second, &r)
		begins = append(begins, len(all))
		all = l.Append(all)
	}
	// A small frame holds its text as it is: the identity is seen in it.
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	begins = append(begins, len(all))
	all = w.EncodeAll(append(AppendIdentity(nil, 0xabc, 0, uint64(len(begins)-1)), `"a":1}`...), all)
	begins = append(begins, len(all))
	return append(AppendIdentity(all, 0xabc, 0, uint64(len(begins)-1)), `"a":1}`...), begins
}

func TestIdentitiesAreFoundInCompressedBodies(t *testing.T) {
	all, begins := concatenated(t)
	at := 0
	for i, begin := range begins {
		next := NextIdentity(all[at:])
		if next < 0 || at+next != begin {
			t.Fatalf("body %d is found at %d, want %d", i, at+next, begin)
		}
		run, lane, number, ok := ParseIdentity(all[begin:])
		if !ok || run != 0xabc || lane != 0 || number != uint64(i) {
			t.Fatalf("body %d is %x %d %d, %t", i, run, lane, number, ok)
		}
		skip := Skip(all[begin:])
		end := len(all)
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		if compressed := isCompressed(all[begin:]); compressed != (begin+skip == end) || !compressed && skip != 1 {
			t.Errorf("body %d of %d bytes is skipped by %d", i, end-begin, skip)
		}
		at = begin + skip
	}
	if next := NextIdentity(all[at:]); next >= 0 {
		t.Errorf("another one is found at %d", at+next)
	}
}

func TestWhatIsCutOffHasNoIdentity(t *testing.T) {
	all, begins := concatenated(t)
	for i := range 2 {
		body := all[begins[i]:begins[i+1]]
		for n := range 20 {
			if _, _, _, ok := ParseIdentity(body[:n]); ok {
				t.Errorf("found one in the first %d bytes of body %d", n, i)
			}
		}
		for n := range body {
			if skip := Skip(body[:n]); skip > 1 {
				t.Errorf("%d of the first %d bytes of body %d are skipped", skip, n, i)
			}
		}
	}
	if n := Skip(nil); n != 0 {
		t.Errorf("%d of nothing", n)
	}
}

// FuzzSkip finds every body once, whatever stands between.
func FuzzSkip(f *testing.F) {
	all, begins := concatenated(f)
	for i, begin := range begins {
		end := len(all)
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		f.Add(all[begin:end])
	}
	f.Add([]byte(gzipMagic))
	f.Add([]byte(zstdMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := Skip(b); n > len(b) || n < min(1, len(b)) {
			t.Errorf("%d of %d bytes", n, len(b))
		}
		for at := 0; ; {
			next := NextIdentity(b[at:])
			if next < 0 {
				break
			}
			if _, _, _, ok := ParseIdentity(b[at+next:]); !ok {
				t.Fatalf("there is none at %d", at+next)
			}
			at += next + Skip(b[at+next:])
		}
	})
}
