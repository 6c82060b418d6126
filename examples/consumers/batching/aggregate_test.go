package batching

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// The bytes are written by hand, from the format's description.
func TestJoin(t *testing.T) {
	body, err := hex.DecodeString(strings.ReplaceAll("0a 01 6b" /* key table: k */ +"1a 06 0800 1a 02 6869" /* record: key 0, data hi */ +
		"1a 04 0800 1a 00", /* record: key 0, no data */ " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum(body)
	want := slices.Concat([]byte{0xF3, 0x89, 0x9A, 0xC2}, body, sum[:])
	if got := join("k", [][]byte{[]byte("hi"), {}}); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
	got := Split("outer", want)
	if len(got) != 2 || got[0].Key != "k" || string(got[0].Data) != "hi" || got[1].Key != "k" || len(got[1].Data) != 0 {
		t.Errorf("taken apart it is %q", got)
	}
}

// The size that next counts with is the size that join makes.
func TestSizes(t *testing.T) {
	for _, n := range []int{0, 1, 122, 123, 124, 127, 128, 16_000, 16_380, 16_384, 20_000} {
		records := [][]byte{make([]byte, n), make([]byte, 3), make([]byte, n)}
		key := strings.Repeat("k", min(n+1, 256))
		want := emptySize(key) + 2*joinedSize(n) + joinedSize(3)
		if got := len(join(key, records)); got != want {
			t.Errorf("records of %d bytes: %d, counted as %d", n, got, want)
		}
	}
}

// What is not quite an aggregate is a record like every other.
func FuzzSplit(f *testing.F) {
	whole := join("key", [][]byte{[]byte("one"), []byte("two")})
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte(magic))
	f.Add([]byte("{}"))
	for _, body := range []string{"\x1a\x04\x08\x07\x1a\x00", "\x1a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "\x08", "\x0d\x01\x00\x00\x00"} {
		sum := md5.Sum([]byte(body))
		f.Add(append([]byte(magic+body), sum[:]...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all := Split("outer", data)
		if bytes.Equal(data, whole) {
			return
		}
		if len(all) == 1 && all[0].Key == "outer" && !bytes.Equal(all[0].Data, data) {
			t.Errorf("%x became %x", data, all[0].Data)
		}
	})
}
