package suite

import (
	"crypto/md5"
	"strconv"

	"github.com/awslabs/kinesis-aggregation/go/v2/records"
	"github.com/golang/protobuf/proto"
)

// magic is what an aggregate of the KPL begins with.
const magic = "\xf3\x89\x9a\xc2"

// Aggregate is one record of the KPL's format that holds some of a suite's records, as the KPL makes it.
func Aggregate(numbers ...int) []byte {
	a, at := &records.AggregatedRecord{}, map[string]uint64{}
	for _, i := range numbers {
		key := Key(i)
		if _, ok := at[key]; !ok {
			at[key] = uint64(len(at))
			a.PartitionKeyTable = append(a.PartitionKeyTable, key)
		}
		a.Records = append(a.Records, &records.Record{PartitionKeyIndex: proto.Uint64(at[key]), Data: []byte(strconv.Itoa(i))})
	}
	body, err := proto.Marshal(a)
	if err != nil {
		panic(err) // all of its required fields are set
	}
	return Seal(body)
}

// Seal makes of a body, whatever it is, what looks like an aggregate: the magic number before it, its checksum behind it.
func Seal(body []byte) []byte {
	sum := md5.Sum(body)
	return append(append([]byte(magic), body...), sum[:]...)
}
