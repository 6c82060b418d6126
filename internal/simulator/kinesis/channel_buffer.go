package kinesis

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// channelBuffer is the model of what a channel has read and not delivered: the records of its next object, and lines that tell
// of records that cannot be delivered. AWS documents "buffered until the data freshness interval is reached"; here all shards of
// the stream share one buffer, and each keeps its order in it.
type channelBuffer struct {
	records []record.Record
	dead    []record.Record
	bytes   int64 // of data and keys
	oldest  int64 // the first arrival of records and dead, unix nanoseconds; meaningful where there are any
}

func (b *channelBuffer) empty() bool { return b.len() == 0 }

// len is how many records it has.
func (b *channelBuffer) len() int { return len(b.records) + len(b.dead) }

// due is when the buffer must be delivered at the latest; ok is false while it is empty.
func (b *channelBuffer) due(freshness time.Duration) (at time.Time, ok bool) {
	return time.Unix(0, b.oldest).Add(freshness).UTC(), !b.empty()
}

// add buffers records in their order. invalid says what is wrong with one, "" where nothing is, and line tells of it.
func (b *channelBuffer) add(recs []record.Record, invalid func(*record.Record) string, line func(*record.Record, string) []byte) {
	for i := range recs {
		r := &recs[i]
		if b.empty() || r.Arrival < b.oldest {
			b.oldest = r.Arrival
		}
		b.bytes += int64(r.Size) + int64(len(r.Key))
		wrong := invalid(r)
		if wrong == "" {
			b.records = append(b.records, *r)
			continue
		}
		told := *r
		told.Data = line(r, wrong)
		told.Size = int32(len(told.Data))
		b.dead = append(b.dead, told)
	}
}

// invalidAs is what is wrong with a record of a format, "" where nothing is: JSON must be a JSON payload, STRING UTF-8 (developer
// guide, "How Amazon S3 delivery works"). A record of ours whose bytes nobody has rendered passes.
func invalidAs(format string, r *record.Record) string {
	rendered := r.Data != nil || r.Size == 0
	switch {
	case !rendered:
		return ""
	case format == formatJSON && !json.Valid(r.Data):
		return "The record is not a valid JSON payload."
	case format == formatString && !utf8.Valid(r.Data):
		return "The record is not a valid UTF-8 string."
	}
	return ""
}

// deadLetter is a line of an object that tells of records that cannot be delivered. AWS writes "error context" and documents
// no form; here it is which record it was and what is wrong with it, without its data.
type deadLetter struct {
	ChannelARN                  string `json:"channelARN"`
	StreamARN                   string `json:"streamARN"`
	ShardID                     string `json:"shardId"`
	SequenceNumber              string `json:"sequenceNumber"`
	PartitionKey                string `json:"partitionKey"`
	ApproximateArrivalTimestamp int64  `json:"approximateArrivalTimestamp"` // milliseconds
	ErrorMessage                string `json:"errorMessage"`
}

// line is the dead letter of a record of a shard.
func (ch *channel) line(sh *shard, r *record.Record, wrong string) []byte {
	line, _ := json.Marshal(deadLetter{ // it has texts and a number only
		ChannelARN: ch.arn, StreamARN: ch.streamARN, ShardID: sh.id, SequenceNumber: sh.sequence(r.Seq, r.Arrival).String(),
		PartitionKey: r.Key, ApproximateArrivalTimestamp: time.Unix(0, r.Arrival).UnixMilli(), ErrorMessage: wrong,
	})
	return append(line, '\n')
}
