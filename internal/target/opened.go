package target

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Opened appends the records of a shard as a reader has them that opens aggregates by the KCL's rules: user records in place of
// aggregates. All user records of an aggregate are lost to it where one belongs to another shard by its hash key: the shards
// were split or merged since the producer looked (KCL, AggregatorUtil.java).
func Opened(dst, records []Record, shard *record.Shard, open record.Open) (users []Record, lost bool) {
	for i := range records {
		n := len(dst)
		all, ok := open(dst, &records[i])
		switch {
		case !ok:
			dst = append(dst, records[i])
		case shard.Holds(all[n:]):
			dst = all
		default:
			lost = true
		}
	}
	return dst, lost
}

// LostAggregates is what a report says of a consumer that dropped aggregates.
func LostAggregates(consumer string) string {
	return fmt.Sprintf("consumer %s dropped aggregates whose user records belong to more than one shard, as the KCL does: the shards were split or merged "+
		"since the producer had listed them. What was in them counts as lost there", consumer)
}
