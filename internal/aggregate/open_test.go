package aggregate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestUserRecordsHaveThePlaceOfTheirAggregate(t *testing.T) {
	identify := func(data []byte) (uint32, uint64, bool) { return 7, uint64(data[0]), data[0] < 'z' }
	open := aggregate.Opener(identify)
	data, _ := gather(t, []aggregate.UserRecord{user("k", "a"), explicit("l", "5", "bc"), user("k", "z")})
	outer := record.Record{Data: data, Size: int32(len(data)), Arrival: 11, Seq: 12, Shard: 13}
	users, ok := open([]record.Record{{Number: 1}}, &outer)
	k := user("k", "").Hash
	want := []record.Record{
		{Number: 1},
		{Lane: 7, Number: 'a', Ours: true, Arrival: 11, Seq: 12, Shard: 13, Key: "k", Hash: k, Data: []byte("a"), Size: 1},
		{Lane: 7, Number: 'b', Ours: true, Arrival: 11, Seq: 12, Shard: 13, Key: "l", Hash: record.Hash{Lo: 5}, Explicit: true, Data: []byte("bc"), Size: 2},
		{Lane: 7, Number: 'z', Arrival: 11, Seq: 12, Shard: 13, Key: "k", Hash: k, Data: []byte("z"), Size: 1},
	}
	if diff := cmp.Diff(want, users); diff != "" || !ok {
		t.Errorf("ok %t, (-want +got):\n%s", ok, diff)
	}
	if users, ok := aggregate.Opener(nil)(nil, &outer); !ok || len(users) != 3 || users[0].Ours {
		t.Errorf("without identities: %t, %+v", ok, users)
	}
}

func TestWhatIsNoAggregateIsNotOpened(t *testing.T) {
	open := aggregate.Opener(nil)
	for _, r := range []record.Record{{}, {Data: []byte("text")}, {Lane: 3, Ours: true, Size: 100}, {Data: seal("")}} {
		if users, ok := open(nil, &r); ok || users != nil {
			t.Errorf("%+v is %+v", r, users)
		}
	}
}
