package reports

import (
	"fmt"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// Keys are the partition keys that were offered or refused most.
type Keys struct {
	Exact bool  `json:"exact"` // every key was counted; else each has its error
	Keys  []Key `json:"keys"`  // the largest share of a shard's limit first
}

// Key is one partition key's use of its shard, over the whole run.
type Key struct {
	Stream    string  `json:"stream,omitempty"`
	Shard     string  `json:"shard,omitempty"` // where it was last seen; empty is unknown
	Key       string  `json:"key"`
	Offered   int64   `json:"offered"`         // records
	Bytes     int64   `json:"bytes"`           // offered
	Throttled int64   `json:"throttled"`       // attempts refused for a limit
	Error     int64   `json:"error,omitempty"` // Offered is at most so many too high
	Share     float64 `json:"share"`           // of its shard's limit, the mean of the run; above 1 no split helps it
	OfRefused float64 `json:"ofRefused"`       // its part of what its shard refused, 0 to 1

	crowded bool // its shard is known to have refused for a limit of its own
}

func (r *Report) readKeys() Keys {
	k := Keys{Keys: []Key{}}
	if r.Run.End == nil {
		return k
	}
	k.Exact = r.Run.End.Keys.Exact
	for _, u := range r.Run.End.Keys.Keys {
		key := Key{
			Stream: u.Stream, Shard: u.Shard, Key: u.Key, Offered: u.Offered, Bytes: u.Bytes, Throttled: u.Throttled,
			Error: u.Error, Share: u.Share,
		}
		tags := measure.Tags{"stream": u.Stream, "shard": u.Shard}
		if n := r.Run.Sum("put.throttled", tags, ever.from, ever.to); n > 0 {
			key.OfRefused = min(float64(u.Throttled)/float64(n), 1)
		}
		for _, limit := range []string{"records", "bytes"} {
			tags["limit"] = limit
			key.crowded = key.crowded || r.Run.Sum("put.throttled", tags, ever.from, ever.to) > 0
		}
		k.Keys = append(k.Keys, key)
	}
	slices.SortStableFunc(k.Keys, func(a, b Key) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return k
}

// refused are the keys that had attempts refused, at most n.
func (k *Keys) refused(n int) []Key {
	var found []Key
	for _, u := range k.Keys {
		if u.Throttled > 0 && len(found) < n {
			found = append(found, u)
		}
	}
	return found
}

// dominant is the part of a shard's refusals from which a single key is what is wrong with it.
const dominant = 0.5

// meaning says in a sentence what a key's share tells about splitting its shard.
func (k *Key) meaning() string {
	switch {
	case k.Share > 1:
		return fmt.Sprintf("Key %s alone offers %s of a shard's limit: no split helps it.", k.Key, formatShare(k.Share))
	case k.OfRefused > dominant:
		return fmt.Sprintf("Key %s alone is %s of what it refused, and offers %s of a shard's limit in the mean of the run: "+
			"in its peaks a split may not help.", k.Key, formatShare(k.OfRefused), formatShare(k.Share))
	}
	return fmt.Sprintf("Its hottest key, %s, offers only %s of the limit by itself: the shard has too many keys, and a split helps.",
		k.Key, formatShare(k.Share))
}

// shareText is the share of a shard's limit; a dash where the target has no limit or tells none.
func (k *Key) shareText() string {
	if k.Share == 0 {
		return "–"
	}
	return formatShare(k.Share)
}

// verdict is meaning in a word or two, for tables.
func (k *Key) verdict() string {
	switch {
	case k.Share > 1:
		return "too hot for any shard"
	case k.OfRefused > dominant:
		return formatShare(k.OfRefused) + " of what its shard refused"
	case k.Throttled > 0 && k.crowded: // else nobody says that there were too many in its shard
		return "victim of its neighbours"
	}
	return ""
}

// bytesPerRecord is the mean size of what the known keys offered to a stream or delivery stream, or, where none of these is known,
// to any; false where no key is known.
func (k *Keys) bytesPerRecord(to string) (float64, bool) {
	known := slices.ContainsFunc(k.Keys, func(u Key) bool { return u.Stream == to })
	var records, bytes int64
	for _, u := range k.Keys {
		if u.Stream == to || !known {
			records += u.Offered
			bytes += u.Bytes
		}
	}
	if records == 0 {
		return 0, false
	}
	return float64(bytes) / float64(records), true
}
