package probe

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// arrived is an instant of 2026 to the millisecond.
var arrived = time.UnixMilli(1_795_000_000_123).UTC()

// sample is a receipt with every field set.
func sample(records []Record) Receipt {
	return Receipt{
		Function: "probe", Stream: "clicks", Shard: "shardId-000000000006",
		FirstSequenceNumber: "49590338271490256608559692538361571095921575989136588898",
		LastSequenceNumber:  "49590338271490256608559692540925702759324208523137515618",
		Environment:         0xfedcba9876543210, Invocation: 41, Attempt: 2, Cold: true,
		Begin: arrived.Add(700*time.Millisecond + 1), End: arrived.Add(800*time.Millisecond + 3),
		Error: ErrorDrawn, ItemFailure: 3, FirstArrival: arrived, LastArrival: arrived.Add(time.Second),
		Lost: 2, Part: 0, Parts: 1, Batch: len(records), Records: records,
	}
}

func TestReceiptRoundTrip(t *testing.T) {
	ours := func(run, lane uint32, number uint64) Record {
		return Record{Run: run, Lane: lane, Number: number, Arrival: arrived}
	}
	theirs := func(s string) Record { return Record{SequenceNumber: s, Arrival: arrived} }
	rows := []struct {
		name    string
		records []Record
	}{
		{"no records", nil},
		{"one", []Record{ours(1, 2, 3)}},
		{"consecutive", []Record{ours(1, 2, 3), ours(1, 2, 4), ours(1, 2, 5)}},
		{"a gap and back", []Record{ours(1, 2, 3), ours(1, 2, 9), ours(1, 2, 4), ours(1, 2, 4)}},
		{"lanes interleaved", []Record{ours(1, 0, 3), ours(1, 1, 8), ours(1, 0, 4), ours(1, 1, 9), ours(2, 1, 9)}},
		{"the largest", []Record{ours(math.MaxUint32, math.MaxUint32, math.MaxUint64), ours(math.MaxUint32, math.MaxUint32, 0)}},
		{"strangers", []Record{theirs("4959033827149"), theirs("4959033827150"), theirs("4959"), theirs("4959"), theirs("7")}},
		{"mixed", []Record{ours(1, 2, 3), theirs("495"), ours(1, 2, 4), theirs("496")}},
		{"arrivals out of order", []Record{{Number: 1, Arrival: arrived}, {Number: 2, Arrival: arrived.Add(-time.Hour)}, {Number: 3, Arrival: time.UnixMilli(0).UTC()}}},
		{"no arrival", []Record{{Number: 1, Arrival: time.Time{}}}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			want := sample(row.records)
			got, err := Parse(want.Append(nil))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
			}
		})
	}
	t.Run("not failed", func(t *testing.T) {
		want := sample(nil)
		want.Error, want.ItemFailure, want.Cold = "", -1, false
		if got, err := Parse(want.Append([]byte("behind"))[len("behind"):]); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
		}
	})
}

func TestReceiptCutsTexts(t *testing.T) {
	long := strings.Repeat("4", 300)
	r := sample([]Record{{SequenceNumber: long, Arrival: arrived}, {SequenceNumber: long, Arrival: arrived}})
	r.Function = long
	got, err := Parse(r.Append(nil))
	if err != nil || len(got.Function) != maxText || got.Records[0].SequenceNumber != long[:maxText] || got.Records[1] != got.Records[0] {
		t.Errorf("a function of %d bytes, records %+v, %v", len(got.Function), got.Records, err)
	}
}

func TestParseRefuses(t *testing.T) {
	whole := sample([]Record{{Run: 1, Number: 7, Arrival: arrived}, {SequenceNumber: "4959", Arrival: arrived}}).Append(nil)
	for n := range len(whole) {
		if _, err := Parse(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are read without an error", n, len(whole))
		}
	}
	header := sample(nil).Append(nil)
	header = header[:len(header)-1] // without the count of records
	rows := []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "not a receipt"},
		{"a record of ours", []byte(`{"wt":"00000001.0000.000000000001","a":1}`), "not a receipt"},
		{"another version", append([]byte("wtr\x02"), whole[4:]...), "not a receipt of this version"},
		{"more behind it", append(bytes.Clone(whole), 0), "1 bytes after its end"},
		{"more records than bytes", append(bytes.Clone(header), 100, 0, 0), "100 records in the 2 bytes"},
		{"more records than a batch", append(bytes.Clone(header), 0x91, 0x4e), "a number of 10001"},
		{"a lane that did not come up", append(bytes.Clone(header), 1, 4, 0), "a record of lane 1, of which there are 0"},
		{"a prefix of nothing", append(bytes.Clone(header), 1, stranger, 1, 0, 0), "a number of 1"},
		{"no sequence number", append(bytes.Clone(header), 1, stranger, 0, 0, 0), "a sequence number of 0 bytes"},
		{"a number past 64 bits", append(bytes.Clone(header), bytes.Repeat([]byte{0xff}, 11)...), "ends early"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := Parse(row.b)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if strings.HasPrefix(row.want, "not a") != errors.Is(err, ErrNotReceipt) {
				t.Errorf("%v is ErrNotReceipt: %t", err, errors.Is(err, ErrNotReceipt))
			}
		})
	}
}

// TestReceiptSizes holds what MaxLength says of batches of 10,000.
func TestReceiptSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = '0' + byte(r.IntN(10))
		}
		return string(b)
	}
	numbers := make([]uint64, 16)
	rows := []struct {
		name   string
		most   int // bytes of all parts
		parts  int
		record func(i int) Record
	}{
		{"ours, one lane", 31 << 10, 1, func(i int) Record {
			return Record{Run: 0xdeadbeef, Lane: 1, Number: uint64(1e9 + i), Arrival: arrived.Add(time.Duration(i) * time.Millisecond)}
		}},
		{"ours, 16 lanes that spread over four shards", 31 << 10, 1, func(i int) Record {
			lane := r.IntN(16)
			numbers[lane] += 1 + uint64(r.IntN(8))
			return Record{Run: 0xdeadbeef, Lane: uint32(lane), Number: numbers[lane], Arrival: arrived.Add(time.Duration(i) * time.Millisecond)}
		}},
		{"ours, a lane each and no order", 254 << 10, 1, func(i int) Record {
			return Record{Run: r.Uint32() | 1<<31, Lane: uint32(i), Number: 1<<48 - 1, Arrival: arrived.Add(time.Duration(i%2) * 90 * 24 * time.Hour)}
		}},
		{"AWS's sequence numbers", 160 << 10, 1, func(i int) Record {
			return Record{SequenceNumber: fmt.Sprintf("4959033827149025660855969%031d", i*1234), Arrival: arrived}
		}},
		{"56 digits with nothing in common", 674 << 10, 1, func(int) Record { return Record{SequenceNumber: digits(56), Arrival: arrived} }},
		{"129 digits", 1400 << 10, 2, func(int) Record { return Record{SequenceNumber: digits(129), Arrival: arrived} }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			records := make([]Record, MaxRecords)
			for i := range records {
				records[i] = row.record(i)
			}
			parts := sample(records).Encode()
			if len(parts) != row.parts {
				t.Errorf("%d parts, want %d", len(parts), row.parts)
			}
			total := 0
			var got []Record
			for i, part := range parts {
				total += len(part)
				p, err := Parse(part)
				if err != nil || p.Part != i || p.Parts != len(parts) || p.First != len(got) || p.Batch != MaxRecords || len(part) > MaxLength {
					t.Fatalf("part %d of %d bytes is %d of %d from record %d: %v", i, len(part), p.Part, p.Parts, p.First, err)
				}
				got = append(got, p.Records...)
			}
			t.Logf("%d bytes, %.1f a record", total, float64(total)/MaxRecords)
			if total > row.most {
				t.Errorf("%d bytes, want at most %d", total, row.most)
			}
			if !reflect.DeepEqual(got, records) {
				t.Error("the parts do not make the batch again")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample(nil).Append(nil))
	f.Add(sample([]Record{{Run: 1, Number: 7, Arrival: arrived}, {Run: 1, Number: 8, Arrival: arrived}, {SequenceNumber: "4959", Arrival: arrived}, {Run: 1, Number: 2}}).Append(nil))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(r.Append(nil))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Errorf("%v\n got %+v\nwant %+v", err, again, r)
		}
	})
}

func ExampleReceipt() {
	b := Receipt{
		Function: "probe", Stream: "clicks", Shard: "shardId-000000000000", Attempt: 1, ItemFailure: -1, Parts: 1, Batch: 2,
		Begin: time.Unix(100, 0), End: time.Unix(100, 20_000_000),
		Records: []Record{{Lane: 3, Number: 17, Arrival: time.Unix(99, 0)}, {Lane: 3, Number: 18, Arrival: time.Unix(99, 0)}},
	}.Append(nil)
	r, err := Parse(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s of %s: %d records in %v, the last one number %d of lane %d\n",
		r.Shard, r.Stream, len(r.Records), r.End.Sub(r.Begin), r.Records[1].Number, r.Records[1].Lane)
	// Output: shardId-000000000000 of clicks: 2 records in 20ms, the last one number 18 of lane 3
}
