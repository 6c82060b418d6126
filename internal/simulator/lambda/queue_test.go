package lambda

import (
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestAPartitionKeyHasOneLane(t *testing.T) {
	lanes := map[uint32]bool{}
	for n := range uint64(50) {
		r := record.Record{Key: "a", Hash: record.Hash{Lo: n}, Explicit: true} // as the KPL's aggregates are
		lanes[laneOf(&r, 10)] = true
	}
	own := record.Record{Key: "a", Hash: record.Hash{Hi: 0x0cc175b9c0f1b6a8, Lo: 0x31c399e269772661}} // its MD5
	if lanes[laneOf(&own, 10)] = true; len(lanes) != 1 {
		t.Errorf("records of one key are in the lanes %v", lanes)
	}
	other := record.Record{Key: "b", Hash: record.Hash{Lo: 2}, Explicit: true}
	if laneOf(&other, 1) != 0 {
		t.Error("there is one lane alone")
	}
}
