package aggregate_test

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func hashOf(b []byte) record.Hash {
	return record.Hash{Hi: binary.BigEndian.Uint64(b[:8]), Lo: binary.BigEndian.Uint64(b[8:])}
}

// user is a user record that is routed by its partition key.
func user(key, data string) aggregate.UserRecord {
	sum := md5.Sum([]byte(key))
	return aggregate.UserRecord{Key: key, Hash: hashOf(sum[:]), Size: len(data), Data: []byte(data)}
}

// explicit is a user record with an explicit hash key.
func explicit(key, decimal, data string) aggregate.UserRecord {
	n, ok := new(big.Int).SetString(decimal, 10)
	if !ok {
		panic("not a number: " + decimal)
	}
	u := user(key, data)
	u.Hash, u.Explicit = hashOf(n.FillBytes(make([]byte, 16))), true
	return u
}

// seal makes an aggregate's data of a message.
func seal(message string) []byte {
	sum := md5.Sum([]byte(message))
	return slices.Concat([]byte("\xF3\x89\x9A\xC2"), []byte(message), sum[:])
}

// gather makes one record of all user records.
func gather(t testing.TB, users []aggregate.UserRecord) ([]byte, aggregate.Outer) {
	t.Helper()
	w := aggregate.NewWriter(aggregate.Limits{Size: 10 << 20}, true)
	for i := range users {
		if !w.Add(&users[i]) {
			t.Fatalf("user record %d does not fit", i)
		}
	}
	return w.Flush(nil)
}

// read is what a reader of all hash keys makes of data.
func read(t testing.TB, data []byte) ([]aggregate.UserRecord, aggregate.Outcome) {
	return readIn(t, data, aggregate.FullRange())
}

func readIn(t testing.TB, data []byte, in aggregate.Range) (users []aggregate.UserRecord, outcome aggregate.Outcome) {
	t.Helper()
	outcome = aggregate.Read(data, in, func(sub int, u aggregate.UserRecord) {
		if sub != len(users) {
			t.Errorf("sub-sequence number %d at %d", sub, len(users))
		}
		users = append(users, u)
	})
	return users, outcome
}

// compare finds the first difference.
func compare(t testing.TB, got, want []aggregate.UserRecord) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d user records, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Key != w.Key || g.Hash != w.Hash || g.Explicit != w.Explicit || g.Size != w.Size || !bytes.Equal(g.Data, w.Data) {
			t.Fatalf("user record %d is %+v, want %+v", i, g, w)
		}
	}
}

// vector is an aggregate of another implementation.
type vector struct {
	name    string
	foreign bool // a Writer makes other bytes
	users   []aggregate.UserRecord
	data    []byte
}

type fits struct {
	count, size int
	sum         string
}

// vectors reads testdata.
func vectors(t testing.TB) (vs []vector, f fits) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		switch words[0] {
		case "vector", "foreign":
			vs = append(vs, vector{name: words[1], foreign: words[0] == "foreign"})
		case "user":
			v := &vs[len(vs)-1]
			data := string(unhex(t, words[3]))
			if words[2] == "-" {
				v.users = append(v.users, user(words[1], data))
			} else {
				v.users = append(v.users, explicit(words[1], words[2], data))
			}
		case "aggregate":
			vs[len(vs)-1].data = unhex(t, words[1])
		case "fits":
			if _, err := fmt.Sscan(line, new(string), &f.count, &f.size, &f.sum); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("line %q", line)
		}
	}
	return vs, f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	if s == "-" {
		return []byte{}
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAWriterMakesTheBytesOfAWSLabsAggregator(t *testing.T) {
	vs, _ := vectors(t)
	made := 0
	for _, v := range vs {
		if v.foreign {
			continue
		}
		made++
		data, outer := gather(t, v.users)
		if !bytes.Equal(data, v.data) {
			t.Errorf("%s: got  %x\nwant %x", v.name, data, v.data)
		}
		if outer.Size != len(v.data) || outer.Count != len(v.users) {
			t.Errorf("%s: %d user records of %d bytes, want %d of %d", v.name, outer.Count, outer.Size, len(v.users), len(v.data))
		}
	}
	if made < 6 {
		t.Errorf("%d vectors", made)
	}
}

func TestReadTakesApartWhatAWSLabsAggregatorMade(t *testing.T) {
	vs, _ := vectors(t)
	for _, v := range vs {
		users, outcome := read(t, v.data)
		if outcome != aggregate.Opened {
			t.Errorf("%s is %s", v.name, outcome)
		}
		compare(t, users, v.users)
		if n, aggregated := aggregate.Count(v.data); n != len(v.users) || !aggregated {
			t.Errorf("%s: counted %d, %t", v.name, n, aggregated)
		}
	}
}

func TestAWriterIsAsFullAsAWSLabsAggregator(t *testing.T) {
	_, want := vectors(t)
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	n := 0
	for ; ; n++ {
		key, data := fmt.Sprintf("key-%d", n%700), strings.Repeat("x", n*7%300)
		u := user(key, data)
		if n%3 == 0 {
			u = explicit(key, fmt.Sprint(n%300), data)
		}
		if !w.Add(&u) {
			break
		}
	}
	size := w.Size()
	data, _ := w.Flush(nil)
	if sum := fmt.Sprintf("%x", md5.Sum(data)); n != want.count || size != want.size || len(data) != size || sum != want.sum {
		t.Errorf("%d user records of %d bytes (%d, %s), want %+v", n, size, len(data), sum, want)
	}
}
