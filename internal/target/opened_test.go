package target_test

import (
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// pairs opens a record of lane 1 as two user records: one with the hash key of its number, one with that of the next.
func pairs(dst []target.Record, r *target.Record) ([]target.Record, bool) {
	if r.Lane != 1 {
		return dst, false
	}
	for n := r.Number; n < r.Number+2; n++ {
		dst = append(dst, target.Record{Number: n, Hash: record.Hash{Lo: n}})
	}
	return dst, true
}

func TestAReaderLosesAggregatesOfTwoShards(t *testing.T) {
	records := []target.Record{{Number: 100, Hash: record.Hash{Lo: 100}}, {Lane: 1, Number: 4}, {Lane: 1, Number: 9}, {Lane: 1, Number: 8}, {Number: 5}}
	tests := []struct {
		name string
		of   record.Shard
		want []uint64
		lost bool
	}{
		{"all are the shard's", record.Shard{End: record.Hash{Lo: 20}}, []uint64{100, 4, 5, 9, 10, 8, 9, 5}, false},
		{"one ends behind the shard", record.Shard{Start: record.Hash{Lo: 2}, End: record.Hash{Lo: 9}}, []uint64{100, 4, 5, 8, 9, 5}, true},
		{"one begins before the shard", record.Shard{Start: record.Hash{Lo: 5}, End: record.Hash{Hi: 1}}, []uint64{100, 9, 10, 8, 9, 5}, true},
		{"nobody tells the hash keys", record.Shard{}, []uint64{100, 4, 5, 9, 10, 8, 9, 5}, false},
	}
	for _, test := range tests {
		users, lost := target.Opened(nil, records, &test.of, pairs)
		var got []uint64
		for _, r := range users {
			got = append(got, r.Number)
		}
		if !slices.Equal(got, test.want) || lost != test.lost {
			t.Errorf("%s: %v, lost %t; want %v, %t", test.name, got, lost, test.want, test.lost)
		}
	}
}
