package conformance

import (
	"context"
	"crypto/md5"
	"fmt"
	"math/big"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func routingCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "md5-routing", Area: "routing and order", Needs: needs, Makes: Makes{Streams: 1, Shards: 4}, run: md5Routing,
			Claim:  "a record goes to the shard whose range holds the MD5 of its partition key",
			Source: "API reference PutRecord",
		},
		{
			Name: "explicit-hash-key", Area: "routing and order", Needs: needs, Makes: Makes{Streams: 1, Shards: 4}, run: explicitHashKey,
			Claim:  "an ExplicitHashKey replaces the MD5",
			Source: "API reference PutRecord",
		},
		{
			Name: "hash-key-bounds", Area: "routing and order", Needs: needs, Makes: oneShard, run: hashKeyBounds,
			Claim:  "an ExplicitHashKey of 2^128 is refused: InvalidArgumentException",
			Source: "kinesalite",
		},
		{
			Name: "sequence-increasing", Area: "routing and order", Needs: needs, Makes: twoShards, run: sequenceIncreasing,
			Claim:  "the sequence numbers of one call increase strictly within a shard, and so do those of the next",
			Source: "developer guide \"Key concepts\"",
		},
		{
			Name: "sequence-layout", Area: "routing and order", Needs: needs, Makes: oneShard, run: sequenceLayout,
			Claim:  "a sequence number has 56 digits and begins with 49: version 2 of AWS's layout",
			Source: "kinesalite; its pull request 87",
		},
		{
			Name: "order-within-a-shard", Area: "routing and order", Needs: needs, Makes: oneShard, run: orderWithinAShard,
			Claim:  "a shard is read in the order in which it was written, with data, key and sequence number as they were",
			Source: "developer guide \"Key concepts\"",
		},
	}
}

// holds tells whether a shard's range holds a hash.
func holds(s types.Shard, hash *big.Int) bool {
	from, ok1 := new(big.Int).SetString(*s.HashKeyRange.StartingHashKey, 10)
	to, ok2 := new(big.Int).SetString(*s.HashKeyRange.EndingHashKey, 10)
	return ok1 && ok2 && from.Cmp(hash) <= 0 && hash.Cmp(to) <= 0
}

// routed puts entries into a stream of four shards and compares where each went with where its hash belongs.
func routed(ctx context.Context, b *bench, entries []entry, hash func(i int) *big.Int) Finding {
	name, err := b.stream(ctx, 4)
	if err != nil {
		return stuck(err)
	}
	shards, err := b.shards(ctx, name)
	if err != nil {
		return stuck(err)
	}
	results, err := b.put(ctx, name, entries...)
	if err != nil {
		return refused(err)
	}
	wrong := 0
	for i, r := range results {
		for _, s := range shards {
			if holds(s, hash(i)) && *s.ShardId != *r.ShardId {
				wrong++
			}
		}
	}
	if wrong > 0 {
		return doesNot("%d of %d records on another shard", wrong, len(entries))
	}
	return does("%d records over %d shards", len(entries), len(shards))
}

func md5Routing(ctx context.Context, b *bench) Finding {
	entries := make([]entry, 64)
	for i := range entries {
		entries[i] = record(fmt.Sprintf("schlüssel-%d", i), []byte("x")) // a key is hashed as UTF-8
	}
	return routed(ctx, b, entries, func(i int) *big.Int {
		sum := md5.Sum([]byte(*entries[i].PartitionKey))
		return new(big.Int).SetBytes(sum[:])
	})
}

func explicitHashKey(ctx context.Context, b *bench) Finding {
	entries, hashes := make([]entry, 32), make([]*big.Int, 32)
	for i := range entries {
		hashes[i] = new(big.Int).Lsh(big.NewInt(int64(i)), 123) // an even walk over the whole range
		text := hashes[i].String()
		entries[i] = record("one key", []byte("x"))
		entries[i].ExplicitHashKey = &text
	}
	return routed(ctx, b, entries, func(i int) *big.Int { return hashes[i] })
}

func hashKeyBounds(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	text := new(big.Int).Lsh(big.NewInt(1), 128).String()
	e := record("key", []byte("x"))
	e.ExplicitHashKey = &text
	_, err = b.offer(ctx, name, e)
	return wants(err, "InvalidArgumentException", regexp.QuoteMeta(
		"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "+text))
}

func sequenceIncreasing(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 2)
	if err != nil {
		return stuck(err)
	}
	last := map[string]*big.Int{}
	n := 0
	for range 3 {
		results, err := b.put(ctx, name, records(50, 10)...)
		if err != nil {
			return stuck(err)
		}
		for _, r := range results {
			seq, ok := new(big.Int).SetString(*r.SequenceNumber, 10)
			if !ok {
				return differs("%q is not a decimal number", *r.SequenceNumber)
			}
			if before := last[*r.ShardId]; before != nil && before.Cmp(seq) >= 0 {
				return doesNot("%v is followed by %v", before, seq)
			}
			last[*r.ShardId] = seq
			n++
		}
	}
	return does("%d records over %d shards", n, len(last))
}

var sequenceNumber = regexp.MustCompile(`^49\d{54}$`)

func sequenceLayout(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	results, err := b.put(ctx, name, record("key", []byte("x")))
	switch {
	case err != nil:
		return stuck(err)
	case !sequenceNumber.MatchString(*results[0].SequenceNumber):
		return differs("%s", *results[0].SequenceNumber)
	}
	return does("%s", *results[0].SequenceNumber)
}

func orderWithinAShard(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	var wrote []string
	shard := ""
	for call := range 3 {
		var entries []entry
		for i := range 20 {
			entries = append(entries, record(fmt.Sprintf("key-%d", i%7), fmt.Appendf(nil, "record %d of call %d", i, call)))
		}
		results, err := b.put(ctx, name, entries...)
		if err != nil {
			return stuck(err)
		}
		for i, r := range results {
			shard = *r.ShardId
			wrote = append(wrote, fmt.Sprintf("%s %s %s", *r.SequenceNumber, *entries[i].PartitionKey, entries[i].Data))
		}
	}
	list, err := b.horizon(ctx, name, shard, len(wrote))
	if err != nil {
		return stuck(err)
	}
	for i, r := range list {
		if r.SequenceNumber == nil || r.PartitionKey == nil {
			return doesNot("record %d has no sequence number or no key", i)
		}
		if got := fmt.Sprintf("%s %s %s", *r.SequenceNumber, *r.PartitionKey, r.Data); i >= len(wrote) || got != wrote[i] {
			return doesNot("record %d is %s", i, got)
		}
	}
	return does("%d records of 3 calls", len(list))
}
