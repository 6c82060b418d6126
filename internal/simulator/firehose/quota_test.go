package firehose

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// offer puts n records of a size, in requests of batch records at a constant rate of records a second, and counts those
// accepted in the opening second and after it.
func offer(q *quota, rate, batch int, size int32, seconds int) (opening, later int) {
	recs := make([]record.Record, batch)
	refused := make([]bool, batch)
	for i := range recs {
		recs[i].Size = size
	}
	for n := 0; n < rate*seconds; n += batch {
		now := int64(n) * int64(time.Second) / int64(rate)
		clear(refused)
		accepted := batch - q.admit(now, recs, refused)
		if now < int64(time.Second) {
			opening += accepted
		} else {
			later += accepted
		}
	}
	return opening, later
}

func TestQuotaIsExact(t *testing.T) {
	tests := []struct {
		name        string
		limits      Limits
		rate, batch int
		size        int32
		later       int // accepted in the 59 seconds after the opening one
	}{
		{"records", Limits{PutRecords: 1000, PutBytes: 1 << 31, PutRequests: 10_000}, 3000, 1, 100, 59 * 1000},
		{"bytes", Limits{PutRecords: 100_000, PutBytes: 1_000_000, PutRequests: 10_000}, 3000, 10, 1000, 59 * 1000},
		{"requests", Limits{PutRecords: 100_000, PutBytes: 1 << 31, PutRequests: 50}, 2000, 20, 1, 59 * 50 * 20},
		{"under all of them", Limits{PutRecords: 3000, PutBytes: 300_000, PutRequests: 300}, 3000, 10, 100, 59 * 3000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := newQuota(tt.limits, 0)
			_, later := offer(&q, tt.rate, tt.batch, tt.size, 60)
			if later < tt.later-1 || later > tt.later+1 {
				t.Errorf("accepted %d records in 59 s, want %d (±1 at the edges)", later, tt.later)
			}
		})
	}
}

func TestQuotaBurstIsOneSecond(t *testing.T) {
	q := newQuota(Limits{PutRecords: 700, PutBytes: 1 << 31, PutRequests: 10_000}, 0)
	recs, refused := make([]record.Record, 1000), make([]bool, 1000)
	if n := q.admit(0, recs, refused); n != 300 {
		t.Errorf("a rested delivery stream refused %d of 1,000 records, want 300", n)
	}
	if refused[699] || !refused[700] {
		t.Error("records are not refused in their order")
	}
}

func TestQuotaRefusedTakesNothing(t *testing.T) {
	q := newQuota(Limits{PutRecords: 10, PutBytes: 1000, PutRequests: 10}, 0)
	recs := []record.Record{{Size: 900}, {Size: 200}, {Size: 100}, {Size: 1}}
	refused := []bool{false, false, false, false}
	q.admit(0, recs, refused)
	if want := [4]bool{false, true, false, true}; [4]bool(refused) != want {
		t.Errorf("refused %v, want %v: a record that does not fit leaves room for a smaller one", refused, want)
	}
	if got := q.records.level / perToken; got != 8 {
		t.Errorf("%d records left, want 8", got)
	}
	injected := []bool{true, true, true, true}
	if n := q.admit(int64(time.Second), recs, injected); n != 4 || q.records.level != q.records.full {
		t.Errorf("records refused on entry took of the limit (%d refused)", n)
	}
}

func TestLimitsByRegion(t *testing.T) {
	tests := []struct {
		region                   string
		records, bytes, requests int64
		streams                  int
	}{
		{"us-east-1", 500_000, 5 * mib, 2000, 5000},
		{"eu-west-1", 500_000, 5 * mib, 2000, 5000},
		{"ap-northeast-1", 100_000, mib, 1000, 5000},
		{"eu-central-1", 100_000, mib, 1000, 2000},
		{"sa-east-1", 100_000, mib, 1000, 500},
	}
	for _, tt := range tests {
		t.Run(tt.region, func(t *testing.T) {
			l := Limits{}.Complete(tt.region)
			if l.PutRecords != tt.records || l.PutBytes != tt.bytes || l.PutRequests != tt.requests || l.DeliveryStreams != tt.streams {
				t.Errorf("%+v", l)
			}
		})
	}
}
