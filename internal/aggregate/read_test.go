package aggregate_test

import (
	"crypto/md5"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Parts of messages, written by hand.
const (
	keyA  = "\x0a\x01a"                 // the table of partition keys: a
	keyB  = "\x0a\x01b"                 // and b
	recA  = "\x1a\x05\x08\x00\x1a\x01x" // a record of key 0, data x
	recB  = "\x1a\x05\x08\x01\x1a\x01y" // a record of key 1, data y
	tagOK = "\x22\x03\x0a\x01t"         // within a record: a tag of key t
)

// recordOf is a record field of these bytes.
func recordOf(body string) string { return "\x1a" + string(rune(len(body))) + body }

func TestDataThatAreNoAggregateArePassedWhole(t *testing.T) {
	good := string(seal(keyA + recA))
	tests := []struct{ name, data string }{
		{"nothing", ""},
		{"text", "hello, world, hello, world, hello, world"},
		{"a part of the magic number", good[:3]},
		{"the magic number alone", good[:4]},
		{"no message", string(seal(""))},
		{"another magic number", "\xF3\x89\x9A\xC1" + good[4:]},
		{"another digest", good[:len(good)-1] + "!"},
		{"another message", good[:6] + "z" + good[7:]},
		{"the end is missing", good[:len(good)-1]},
		{"something follows", good + "x"},
		{"a record without a key index", string(seal(keyA + recordOf("\x1a\x01x")))},
		{"a record without data", string(seal(keyA + recordOf("\x08\x00")))},
		{"an empty record", string(seal(keyA + "\x1a\x00"))},
		{"a key index of another type", string(seal(keyA + recordOf("\x0a\x01x\x1a\x01x")))},
		{"a length past the end", string(seal(keyA + "\x1a\x7f\x08\x00"))},
		{"a length of 2^31", string(seal(keyA + "\x1a\x80\x80\x80\x80\x08"))},
		{"a number without an end", string(seal(keyA + "\x08\x80\x80"))},
		{"a number of eleven bytes", string(seal(keyA + "\x08" + strings.Repeat("\x80", 10) + "\x01"))},
		{"field 0", string(seal(keyA + recA + "\x00\x01"))},
		{"wire type 6", string(seal(keyA + recA + "\x2e\x01"))},
		{"four bytes of which two are missing", string(seal(keyA + recA + "\x2d\x01\x02"))},
		{"the end of a group that did not begin", string(seal(keyA + recA + "\x2c"))},
		{"a group without an end", string(seal(keyA + recA + "\x2b\x08\x01"))},
		{"a group that ends as another", string(seal(keyA + recA + "\x2b\x34"))},
		{"field 0 in a group", string(seal(keyA + recA + "\x2b\x00\x01\x2c"))},
		{"a hundred and one groups", string(seal(keyA + recA + strings.Repeat("\x2b", 101) + strings.Repeat("\x2c", 101)))},
		{"a tag without a key", string(seal(keyA + recordOf("\x08\x00\x1a\x01x\x22\x03\x12\x01v")))},
		{"a tag that is no message", string(seal(keyA + recordOf("\x08\x00\x1a\x01x\x22\x02\x0a\x09")))},
		{"a tag that is bad behind its key", string(seal(keyA + recordOf("\x08\x00\x1a\x01x\x22\x05\x0a\x01t\x0a\x09")))},
		{"the second record is bad", string(seal(keyA + recA + "\x1a\x00"))},
	}
	for _, tt := range tests {
		users, outcome := read(t, []byte(tt.data))
		if outcome != aggregate.Whole || users != nil {
			t.Errorf("%s: %s, %d user records", tt.name, outcome, len(users))
		}
		if n, aggregated := aggregate.Count([]byte(tt.data)); n != 1 || aggregated {
			t.Errorf("%s: counted %d, %t", tt.name, n, aggregated)
		}
	}
}

func TestWhatAReaderDoesNotKnowIsPassedOver(t *testing.T) {
	tests := []struct{ name, message string }{
		{"plain", keyA + recA},
		{"the table behind the records", recA + keyA},
		{"unknown fields of all types", keyA + "\x28\x05" + "\x29\x01\x02\x03\x04\x05\x06\x07\x08" + "\x2a\x01z" + "\x2d\x01\x02\x03\x04" + recA},
		{"groups within groups", keyA + "\x2b\x08\x01\x33\x2d\x01\x02\x03\x04\x34\x2c" + recA},
		{"a hundred groups", keyA + recA + strings.Repeat("\x2b", 100) + strings.Repeat("\x2c", 100)},
		{"a known number of another type", keyA + "\x08\x07\x18\x07" + recA},
		{"tags", keyA + recordOf("\x08\x00"+tagOK+"\x1a\x01x"+tagOK)},
		{"unknown fields in a record", keyA + recordOf("\x28\x05\x08\x00\x1a\x01x\x2a\x01z")},
		{"a field twice: the last counts", keyA + recordOf("\x08\x09\x1a\x01z\x08\x00\x1a\x01x")},
		{"a number longer than it need be", keyA + recordOf("\x08\x80\x00\x1a\x01x")},
		{"an index of which the upper 32 bits are lost", keyA + recordOf("\x08\x80\x80\x80\x80\x10\x1a\x01x")},
		{"an explicit hash key nobody uses", keyA + "\x12\x04what" + recA},
	}
	for _, tt := range tests {
		users, outcome := read(t, seal(tt.message))
		if outcome != aggregate.Opened {
			t.Errorf("%s: %s", tt.name, outcome)
			continue
		}
		compare(t, users, []aggregate.UserRecord{user("a", "x")})
	}
}

func TestAMessageWithoutRecordsIsAnAggregateOfNone(t *testing.T) {
	users, outcome := read(t, seal(keyA))
	if outcome != aggregate.Opened || users != nil {
		t.Errorf("%s, %d user records", outcome, len(users))
	}
	if n, aggregated := aggregate.Count(seal(keyA)); n != 0 || !aggregated {
		t.Errorf("counted %d, %t", n, aggregated)
	}
}

func TestAnAggregateInAnAggregateStaysOne(t *testing.T) {
	within := string(seal(keyA + recA + recA))
	data, _ := gather(t, []aggregate.UserRecord{user("a", within), user("b", "y")})
	users, outcome := read(t, data)
	if outcome != aggregate.Opened {
		t.Errorf("%s", outcome)
	}
	compare(t, users, []aggregate.UserRecord{user("a", within), user("b", "y")})
}

func TestAReaderKeepsWhatCameBeforeItsFailure(t *testing.T) {
	explicitA := func(decimal string) string {
		return keyA + "\x12" + string(rune(len(decimal))) + decimal + recA + recordOf("\x08\x00\x10\x00\x1a\x01z") + recA
	}
	tests := []struct{ name, message string }{
		{"a key index outside its table", keyA + recA + recB + recA},
		{"a key index that is negative in Java", keyA + recA + recordOf("\x08\xff\xff\xff\xff\x0f\x1a\x01z") + recA},
		{"a hash key index outside its table", keyA + recA + recordOf("\x08\x00\x10\x00\x1a\x01z") + recA},
		{"an empty hash key", explicitA("")},
		{"a hash key that is no number", explicitA("12x")},
		{"a sign without a number", explicitA("-")},
	}
	for _, tt := range tests {
		users, outcome := read(t, seal(tt.message))
		if outcome != aggregate.Broken {
			t.Errorf("%s: %s", tt.name, outcome)
			continue
		}
		compare(t, users, []aggregate.UserRecord{user("a", "x")})
		if n, aggregated := aggregate.Count(seal(tt.message)); n != 3 || !aggregated {
			t.Errorf("%s: counted %d, %t", tt.name, n, aggregated)
		}
	}
}

func TestAnAggregateOfAnotherShardIsDropped(t *testing.T) {
	half := record.Hash{Hi: 1 << 63}
	upper := aggregate.Range{Start: half, End: aggregate.FullRange().End}
	lower := aggregate.Range{End: record.Hash{Hi: half.Hi - 1, Lo: ^uint64(0)}}
	const first, last = "0", "340282366920938463463374607431768211455"
	const below, at = "170141183460469231731687303715884105727", "170141183460469231731687303715884105728"
	// The MD5 of "a" begins with 0c, that of "b" with 92.
	tests := []struct {
		name  string
		in    aggregate.Range
		users []aggregate.UserRecord
		want  aggregate.Outcome
	}{
		{"all are of the shard", lower, []aggregate.UserRecord{user("a", "1"), explicit("b", first, "2"), explicit("b", below, "3")}, aggregate.Opened},
		{"all are of the other", upper, []aggregate.UserRecord{user("b", "1"), explicit("a", at, "2"), explicit("a", last, "3")}, aggregate.Opened},
		{"the last is not", lower, []aggregate.UserRecord{user("a", "1"), user("a", "2"), user("b", "3")}, aggregate.Dropped},
		{"the first is not", lower, []aggregate.UserRecord{user("b", "1"), user("a", "2"), user("a", "3")}, aggregate.Dropped},
		{"one is not by its explicit hash key", lower, []aggregate.UserRecord{user("a", "1"), explicit("a", at, "2"), user("a", "3")}, aggregate.Dropped},
		{"one is below the shard", upper, []aggregate.UserRecord{user("b", "1"), explicit("b", below, "2")}, aggregate.Dropped},
		{"none is", upper, []aggregate.UserRecord{user("a", "1"), user("a", "2")}, aggregate.Dropped},
	}
	for _, tt := range tests {
		data, _ := gather(t, tt.users)
		users, outcome := readIn(t, data, tt.in)
		if outcome != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, outcome, tt.want)
		}
		if tt.want == aggregate.Opened {
			compare(t, users, tt.users)
		} else if users != nil {
			t.Errorf("%s: %d user records", tt.name, len(users))
		}
	}
}

func TestAUserRecordAloneIsReadInAnyShard(t *testing.T) {
	if _, outcome := readIn(t, []byte("alone"), aggregate.Range{}); outcome != aggregate.Whole {
		t.Errorf("%s", outcome)
	}
}

func TestAnExplicitHashKeyThatIsNoneDropsTheAggregate(t *testing.T) {
	for _, decimal := range []string{"-1", "340282366920938463463374607431768211456", strings.Repeat("9", 80)} {
		message := keyA + "\x12" + string(rune(len(decimal))) + decimal + recA + recordOf("\x08\x00\x10\x00\x1a\x01z")
		if users, outcome := read(t, seal(message)); outcome != aggregate.Dropped || users != nil {
			t.Errorf("%s: %s, %d user records", decimal, outcome, len(users))
		}
	}
}

func TestWhatComesFirstDecides(t *testing.T) {
	// Key b is outside the shard, index 5 outside the table.
	bad := recordOf("\x08\x05\x1a\x01z")
	lower := aggregate.Range{End: record.Hash{Hi: 1 << 63}}
	if users, outcome := readIn(t, seal(keyA+keyB+recA+recB+bad), lower); outcome != aggregate.Dropped || users != nil {
		t.Errorf("outside the shard first: %s, %d user records", outcome, len(users))
	}
	if users, outcome := readIn(t, seal(keyA+keyB+recA+bad+recB), lower); outcome != aggregate.Broken || len(users) != 1 {
		t.Errorf("outside the table first: %s, %d user records", outcome, len(users))
	}
}

func TestCountAllocatesNothing(t *testing.T) {
	data, _ := gather(t, randomUsers(rand.New(rand.NewPCG(1, 6)), 500, 50))
	if n := testing.AllocsPerRun(20, func() {
		if n, _ := aggregate.Count(data); n != 500 {
			t.Errorf("counted %d", n)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestDamagedDataNeverPanics reads an aggregate of which every byte in turn is another, with its digest and without.
func TestDamagedDataNeverPanics(t *testing.T) {
	good, _ := gather(t, randomUsers(rand.New(rand.NewPCG(1, 7)), 12, 20))
	for i := range good {
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff, good[i] + 1} {
			data := slices.Clone(good)
			data[i] = b
			if _, outcome := read(t, data); outcome != aggregate.Whole && b != good[i] {
				t.Errorf("byte %d of %#x: %s", i, b, outcome)
			}
			read(t, seal(string(data[4:len(data)-md5.Size])))
		}
		read(t, good[:i])
		read(t, good[i:])
	}
}

// FuzzRead reads any bytes as data and as a message. What is read, written anew, is read the same.
func FuzzRead(f *testing.F) {
	vs, _ := vectors(f)
	for _, v := range vs {
		f.Add(v.data)
		f.Add(v.data[4 : len(v.data)-md5.Size])
	}
	f.Add([]byte(keyA + "\x2b\x08\x01\x33\x2d\x01\x02\x03\x04\x34\x2c" + recA))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, data := range [][]byte{b, seal(string(b))} {
			users, outcome := read(t, data)
			n, aggregated := aggregate.Count(data)
			if aggregated != (outcome != aggregate.Whole) || outcome == aggregate.Opened && n != len(users) || n < len(users) {
				t.Errorf("%s with %d user records, counted %d, %t", outcome, len(users), n, aggregated)
			}
			if len(users) < 2 {
				continue
			}
			again, outer := gather(t, users)
			if outer.Size != len(again) || outer.Count != len(users) {
				t.Errorf("%+v of %d user records, %d bytes", outer, len(users), len(again))
			}
			got, outcome := read(t, again)
			if outcome != aggregate.Opened {
				t.Errorf("written anew: %s", outcome)
			}
			compare(t, got, users)
		}
	})
}
