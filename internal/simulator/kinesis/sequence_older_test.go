package kinesis

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// hexSequence is a number by its hex digits, as kinesalite's tests give them.
func hexSequence(t testing.TB, digits string) string {
	t.Helper()
	v, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		t.Fatalf("%s is no number", digits)
	}
	return v.String()
}

// TestNumbersThatAreNotOfThisStream: what kinesalite's tests saw of AWS with numbers of older layouts and of none. In a text, GIVEN
// is the number.
func TestNumbersThatAreNotOfThisStream(t *testing.T) {
	s := newStream(t, Config{}, "s", 3)
	const invalid, foreign = ".", " because it did not come from this stream."
	tests := []struct {
		name, number, shard string
		shown               string // the number in the message; GIVEN is as it was given, "" is a number of another shard
		why                 string
	}{
		{"a small one", "5", "0", "", "5"},
		{"zero", "0", "0", "21267647932558653966460912964485513216", foreign},
		{"one with more to it", "425352958651173072921826052383309826", "2", "21693000891209827039382739016868823042", foreign},
		{"another first digit", hexSequence(t, "f3bb2cc3d7ff7fffffffffffffff0000"), "0", "26227199374821822965252748908982894592", foreign},
		{"a late date", hexSequence(t, "13bb2cc3d80000000000000000000000"), "0", "26227199374822427428162556223570313216", invalid},
		{"2^128", hexSequence(t, "100000000000000000000000000000000"), "0", "GIVEN", invalid},
		{"version 1", hexSequence(t, "20000000000000000000000000000000000000000000001"), "0", "GIVEN", foreign},
		{"version 1 of another shard", hexSequence(t, "20000000000000000000000000000000000000000000021"), "0", "", "2"},
		{"version 1, shard 8…", hexSequence(t, "20000000000000000000000000000000000000800000001"), "0", "GIVEN", invalid},
		{"version 3", hexSequence(t, "20000000000000000000000000000000000000000000003"), "0", "GIVEN", invalid},
		{"index 8…", hexSequence(t, "20000000000800000000000000000000000000000000002"), "0", "GIVEN", invalid},
		{"shard 8…", hexSequence(t, "20000000000000000000000000000000000000800000002"), "0", "GIVEN", invalid},
		{"first digit 3", hexSequence(t, "30000000000000000000000000000000000000000000001"), "0", "GIVEN", invalid},
		{"58 digits", "1" + strings.Repeat("0", 57), "0", "GIVEN", invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.GetShardIterator(GetShardIteratorInput{
				StreamName: new("s"), ShardId: &tt.shard, ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: &tt.number,
			})
			if tt.shown == "" {
				want(t, err, codeInvalidArgument, "Invalid StartingSequenceNumber. It encodes shardId-00000000000"+tt.why+
					", while it was used in a call to a shard with shardId-00000000000"+tt.shard)
				return
			}
			shown := strings.Replace(tt.shown, "GIVEN", tt.number, 1)
			want(t, err, codeInvalidArgument, "StartingSequenceNumber "+shown+" used in GetShardIterator on shard shardId-00000000000"+
				tt.shard+" in stream s under account 123456789012 is invalid"+tt.why)
		})
	}
}

// TestNumbersThatOrder: those that PutRecord takes as SequenceNumberForOrdering (kinesalite's tests), now being the second 0x6955b900.
func TestNumbersThatOrder(t *testing.T) {
	c := clock.NewVirtual()
	if c.Now().Unix() != 0x6955b900 {
		t.Fatalf("the clock begins at %#x", c.Now().Unix())
	}
	s := newStream(t, Config{Clock: c}, "s", 1)
	c.RunUntil(clock.Epoch.Add(time.Second - 1))
	tests := []struct {
		name, digits, code string
	}{
		{"all f", "2ffffffffff7fffffffffffffff000000000007fffffff2", ""},
		{"all 0", "20000000000000000000000000000000000000000000002", ""},
		{"all 0 of version 1", "20000000000000000000000000000000000000000000001", ""},
		{"version 0", "5", ""},
		{"now", "2ffffffffff7fffffff7fffffff0006955b9007fffffff2", ""},
		{"a second later", "2ffffffffff7fffffff7fffffff0006955b9017fffffff2", codeInvalidArgument},
		{"now, of version 1", "200000000000006955b9000000000000000000000000011", ""},
		{"a second later, of version 1", "200000000000006955b9010000000000000000000000011", codeInvalidArgument},
		{"version 0 below the versions", "20000000000000000000000000000000000000000000000", codeInvalidArgument},
		{"version 3", "20000000000000000000000000000000000000000000003", "InternalFailureException"},
		{"version 4", "20000000000000000000000000000000000000000000004", codeInvalidArgument},
		{"first digit 3", "30000000000000000000000000000000000000000000001", codeInvalidArgument},
		{"first digit 3 of version 3", "30000000000000000000000000000000000000000000003", codeInvalidArgument},
		{"first digit 1", "1ffffffffff7fffffffffffffff000000000007fffffff2", codeInvalidArgument},
		{"index 8…", "20000000000800000000000000000000000000000000002", codeInvalidArgument},
		{"shard 8…", "20000000000000000000000000000000000000800000002", codeInvalidArgument},
		{"a late date", "13bb2cc3d80000000000000000000000", codeInvalidArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			number := hexSequence(t, tt.digits)
			_, err := s.PutRecord(PutRecordInput{
				StreamName: new("s"), Data: []byte("x"), PartitionKey: new("k"), SequenceNumberForOrdering: &number,
			})
			code := ""
			if e := (*Error)(nil); errors.As(err, &e) {
				code = e.Code
			}
			if code != tt.code {
				t.Errorf("%s: %v, want %q", number, err, tt.code)
			}
		})
	}
}

// FuzzParseOlderSequence: what is shown of a number is read as the same number.
func FuzzParseOlderSequence(f *testing.F) {
	for _, s := range []string{"5", "0", "425352958651173072921826052383309826", hexSequence(f, "20000000000000000000000000000000000000000000001")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := parseOlderSequence(s)
		if !ok {
			return
		}
		if again, ok := parseOlderSequence(n.text); !ok || again != n || n.shard < 0 {
			t.Fatalf("%q is %+v, and that is %+v, %v", s, n, again, ok)
		}
	})
}
