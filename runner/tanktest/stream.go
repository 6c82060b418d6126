package tanktest

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/wavetank/wavetank/internal/nearest"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Stream is a data stream of a tank.
type Stream struct {
	tank *Tank
	name string
}

// Record is a record of a stream: what was put, and where and when it arrived.
type Record struct {
	Key            string
	Data           []byte
	Shard          string // shardId-000000000000
	SequenceNumber string
	ArrivalTime    time.Time
}

// Stream makes a data stream with so many shards, or gives the one of that name, which must then have so many that are open; 0 is
// as many as it has.
func (k *Tank) Stream(name string, shards int) *Stream {
	k.t.Helper()
	s := &Stream{tank: k, name: name}
	if there, err := k.world.Kinesis.Shards(name); err == nil {
		if n := stillOpen(there); shards != 0 && shards != n {
			k.t.Fatalf("tanktest: Stream(%q, %d): there is one of that name, and it has %d open shards", name, shards, n)
		}
		return s
	}
	err := k.world.Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(int32(shards))})
	k.must(err, "Stream(%q, %d)", name, shards)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.streams = append(k.streams, s)
	return s
}

func (k *Tank) streamIs(name string) bool {
	_, err := k.world.Kinesis.Shards(name)
	return err == nil
}

// exists ends the test where there is no stream of a name.
func (k *Tank) exists(what, stream string) {
	k.t.Helper()
	if !k.streamIs(stream) {
		var names []string
		k.mu.Lock()
		for _, s := range k.streams {
			names = append(names, s.name)
		}
		k.mu.Unlock()
		k.t.Fatalf("tanktest: %s: there is no stream %s: make it with Stream first%s", what, stream, nearest.Suggest(stream, names))
	}
}

// stillOpen is how many shards of a stream are open.
func stillOpen(shards []record.Shard) (n int) {
	for i := range shards {
		if !shards[i].Closed {
			n++
		}
	}
	return n
}

// lineage tells which shards of a stream became which.
type lineage struct {
	parents map[int32][]int32
	known   map[[2]int32]bool
}

func (s *Stream) lineage() *lineage {
	shards, _ := s.tank.world.Kinesis.Shards(s.name) // of a stream that is gone nobody knows
	l := &lineage{map[int32][]int32{}, map[[2]int32]bool{}}
	for i := range shards {
		l.parents[shards[i].Number] = shards[i].Parents
	}
	return l
}

// later tells whether a record of one shard is later than one of another: by their arrivals where a shard has expired and nobody knows.
func (l *lineage) later(shard, than int32, arrived bool) bool {
	_, a := l.parents[shard]
	_, b := l.parents[than]
	if !a || !b {
		return arrived
	}
	return l.descends(shard, than)
}

// rivals are those of some shards whose records may be later than one of a shard: itself, what it became, and where one has expired.
func (l *lineage) rivals(shard int32, of iter.Seq[int32]) []int32 {
	all := []int32{shard}
	for other := range of {
		if other != shard && l.later(other, shard, true) {
			all = append(all, other)
		}
	}
	slices.Sort(all)
	return all
}

// descends tells whether a shard is what another one became, through however many reshards.
func (l *lineage) descends(shard, from int32) bool {
	is, ok := l.known[[2]int32{shard, from}]
	if !ok {
		is = slices.ContainsFunc(l.parents[shard], func(parent int32) bool { return parent == from || l.descends(parent, from) })
		l.known[[2]int32{shard, from}] = is
	}
	return is
}

// Name is the stream's name.
func (s *Stream) Name() string { return s.name }

// ARN is the stream's ARN.
func (s *Stream) ARN() string { return s.tank.world.Kinesis.StreamARN(s.name) }

// Send puts records at once, and ends the test where one is refused by its shard's limits: for what a test wants to be in the stream. It
// makes no request, so that neither hooks nor faults have to do with it. Only Key and Data are looked at.
func (s *Stream) Send(records ...Record) {
	k := s.tank
	k.t.Helper()
	recs, most := make([]record.Record, len(records)), s.largest()
	for i, r := range records {
		if why := unfit(r.Key, len(r.Data), most); why != "" {
			k.t.Fatalf("tanktest: send to %s: record %d of %d: %s", s.name, i+1, len(recs), why)
		}
		recs[i] = record.Record{Key: r.Key, Hash: kinesis.HashKey(r.Key), Data: r.Data, Size: int32(len(r.Data)), Shard: -1}
		if recs[i].Data == nil {
			recs[i].Data = []byte{}
		}
	}
	res := make([]kinesis.Result, len(recs))
	k.must(k.world.Kinesis.Put(k.Now(), s.name, recs, res), "send to %s", s.name)
	for i := range res {
		if l := res[i].Limit; l != kinesis.LimitNone {
			k.t.Fatalf("tanktest: send to %s: record %d of %d is refused: its shard's limit of %s is reached. Put paces what it puts and tries again",
				s.name, i+1, len(recs), l)
		}
	}
}

// largest is how large a record of the stream may be, in bytes.
func (s *Stream) largest() int {
	s.tank.t.Helper()
	about, err := s.tank.world.Kinesis.DescribeStreamSummary(kinesis.DescribeStreamSummaryInput{StreamName: &s.name})
	s.tank.must(err, "put to %s", s.name)
	return about.StreamDescriptionSummary.MaxRecordSizeInKiB << 10
}

// unfit says what AWS refuses a record for, however often it is put; "" where it does not.
func unfit(key string, size, most int) string {
	switch n := utf8.RuneCountInString(key); {
	case n == 0:
		return "it has no partition key"
	case n > 256:
		return fmt.Sprintf("its partition key has %d characters, of at most 256", n)
	case len(key)+size > most:
		return fmt.Sprintf("it has %d bytes of data and partition key, and the stream's records at most %d", len(key)+size, most)
	}
	return ""
}

// Split splits an open shard in the middle of its hash keys. Shards have the numbers of their ids: those that the stream was
// made with come first, from 0 on.
func (s *Stream) Split(shard int) {
	s.tank.t.Helper()
	s.tank.must(s.split(s.find("split", shard)), "split shard %d of %s", shard, s.name)
}

// find is a shard by its number.
func (s *Stream) find(what string, shard int) *record.Shard {
	k := s.tank
	k.t.Helper()
	shards, err := k.world.Kinesis.Shards(s.name)
	k.must(err, "%s shard %d of %s", what, shard, s.name)
	at := slices.IndexFunc(shards, func(sh record.Shard) bool { return int(sh.Number) == shard })
	if at < 0 {
		k.t.Fatalf("tanktest: %s shard %d of %s: it has none of that number", what, shard, s.name)
	}
	return &shards[at]
}

func (s *Stream) split(sh *record.Shard) error {
	return s.tank.world.Kinesis.SplitShard(kinesis.SplitShardInput{
		StreamName: &s.name, ShardToSplit: &sh.ID, NewStartingHashKey: aws.String(middle(sh.Start, sh.End)),
	})
}

// middle is the hash key in the middle of a range, as a decimal number.
func middle(from, to record.Hash) string {
	sum := new(big.Int).Add(number(from), number(to))
	return sum.Add(sum, big.NewInt(1)).Rsh(sum, 1).String()
}

func number(h record.Hash) *big.Int {
	n := new(big.Int).SetUint64(h.Hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(h.Lo))
}

// Merge merges two open shards whose hash keys are next to each other, in either order.
func (s *Stream) Merge(shard, adjacent int) {
	k := s.tank
	k.t.Helper()
	low, high := s.find("merge", shard), s.find("merge", adjacent)
	if high.Start.Less(low.Start) {
		low, high = high, low
	}
	k.must(s.merge(low, high), "merge shards %d and %d of %s", shard, adjacent, s.name)
}

func (s *Stream) merge(low, high *record.Shard) error {
	return s.tank.world.Kinesis.MergeShards(kinesis.MergeShardsInput{StreamName: &s.name, ShardToMerge: &low.ID, AdjacentShardToMerge: &high.ID})
}

// Records are what the stream holds now, shard by shard in the order of their coming to be, each in its order. It reads past
// every limit and counts as no reader.
func (s *Stream) Records() []Record {
	k := s.tank
	k.t.Helper()
	var all []Record
	s.each(func(r *record.Record, sequence string) {
		all = append(all, Record{
			Key: r.Key, Data: r.Data, Shard: kinesis.ShardID(r.Shard), SequenceNumber: sequence, ArrivalTime: time.Unix(0, r.Arrival).UTC(),
		})
	})
	return all
}

// ByKey are the stream's records by their partition keys, in the order in which they arrived: across a reshard the records of a
// parent come before those of its children.
func (s *Stream) ByKey() map[string][]Record {
	s.tank.t.Helper()
	keys := map[string][]Record{}
	for _, r := range s.Records() {
		keys[r.Key] = append(keys[r.Key], r)
	}
	return keys
}

// each visits what the stream holds.
func (s *Stream) each(visit func(r *record.Record, sequence string)) {
	k := s.tank
	k.t.Helper()
	shards, err := k.world.Kinesis.Shards(s.name)
	k.must(err, "read %s", s.name)
	var recs []record.Record
	for _, sh := range shards {
		sequence := k.world.Kinesis.Sequence(s.name, sh.Number)
		for from := uint64(0); ; {
			recs, from, err = k.world.Kinesis.Peek(s.name, sh.Number, from, recs[:0])
			k.must(err, "read shard %d of %s", sh.Number, s.name)
			if len(recs) == 0 {
				break
			}
			for i := range recs {
				visit(&recs[i], string(sequence(nil, &recs[i])))
			}
		}
	}
}
