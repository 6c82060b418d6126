package measure

import "strings"

// End is the last line of a run file: what is known only when the run is over. A killed run has none.
type End struct {
	Complete       bool    `json:"complete"`        // the whole load was offered
	Reason         string  `json:"reason,omitzero"` // why not: "interrupted", "target: …"
	Drained        bool    `json:"drained"`         // every measured record left the pipeline's buffers before the drain was over
	ElapsedSeconds float64 `json:"elapsedSeconds"`  // of the load, warm-up included; less than planned where it was cut short

	Planned int64 `json:"planned"` // records the seed's schedule holds up to ElapsedSeconds
	Offered int64 `json:"offered"` // of these, whose first attempt left or was blocked by the target in time (put.offered)

	Ledger LedgerTotals `json:"ledger"`
	Keys   KeyTable     `json:"keys"`
	Shards []ShardCount `json:"shards,omitzero"` // of streams whose number of shards changed, or was to: in the order in which they came
	Notes  []string     `json:"notes,omitzero"`  // sentences for the report: what was trimmed, what did not fit

	CloudWatch *CloudWatch `json:"cloudWatch,omitzero"` // nil: it was not asked, or did not answer

	CPUShare float64 `json:"cpuShare,omitzero"` // of the cores the harness has, 0..1; wall clock only
	MaxRSS   int64   `json:"maxRSS,omitzero"`   // bytes; wall clock only
}

// ByTarget is how the Reason of a run begins that its target ended. Such a run says nothing about the pipeline.
const ByTarget = "target: "

// EndedByTarget tells whether the target ended the run.
func (e *End) EndedByTarget() bool { return strings.HasPrefix(e.Reason, ByTarget) }

// ShardCount is how many shards of a stream were open from an instant on. The first of a stream is at the start of the load.
type ShardCount struct {
	Stream string  `json:"stream"`
	At     float64 `json:"at"` // seconds since the start of the load
	Open   int     `json:"open"`
}

// LedgerTotals is a ledger added up. It closes: Offered = Acked + GivenUp + Unknown, and see SinkTotals.
type LedgerTotals struct {
	Offered int64 `json:"offered"`
	Acked   int64 `json:"acked"`
	GivenUp int64 `json:"givenUp"` // refused by every attempt; each was answered
	Unknown int64 `json:"unknown"` // an attempt went unanswered and no ack came; may or may not be stored

	StoredTwice  int64 `json:"storedTwice"`           // records known to be stored at more than one place
	PutReordered int64 `json:"putReordered"`          // stored behind a later record of their key (put.reordered)
	Unattributed int64 `json:"unattributed,omitzero"` // deliveries whose place in the stream was never acknowledged to us
	Strays       int64 `json:"strays,omitzero"`       // answers for records that were never offered: a fault of the harness

	Sinks []SinkTotals `json:"sinks"` // by name
}

// SinkTotals is one sink's side of the ledger: Acked = Delivered + Dropped + Pending + Lost, all of acked records.
type SinkTotals struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`            // "lambda", "firehose", "consumer"
	Stream   string `json:"stream,omitzero"` // it reads
	Observed bool   `json:"observed"`        // false: nothing is known of its deliveries and every figure is 0

	Delivered        int64 `json:"delivered"`        // distinct acked records
	DeliveredUnacked int64 `json:"deliveredUnacked"` // distinct records stored though no ack came
	Dropped          int64 `json:"dropped"`          // by the pipeline on purpose, acked records
	DroppedUnacked   int64 `json:"droppedUnacked,omitzero"`
	Pending          int64 `json:"pending"` // acked, and the pipeline still holds them
	Lost             int64 `json:"lost"`    // acked, and nobody holds them
	Missing          int64 `json:"missing"` // offered - all dropped - all distinct delivered (integrity.missing)

	Duplicated           int64  `json:"duplicated"`                // deliveries beyond each record's first, of whatever origin
	DuplicatedByProducer int64  `json:"duplicatedByProducer"`      // of these: the record was stored twice by a retry
	DuplicatedByPipeline int64  `json:"duplicatedByPipeline"`      // of these: stored once, delivered again; the rest is not known
	Reordered            int64  `json:"reordered"`                 // first deliveries behind a later record of their key
	ReorderedBounded     bool   `json:"reorderedBounded,omitzero"` // too many keys to follow each: Reordered is a lower bound
	Drops                []Drop `json:"drops,omitzero"`            // Dropped + DroppedUnacked by where they went
}

// Drop is how many records a pipeline dropped to one place.
type Drop struct {
	Where   string `json:"where"` // "filter", or the name of an on-failure destination
	Records int64  `json:"records"`
}

// KeyTable is the keys that were offered most, or refused most.
type KeyTable struct {
	Exact bool     `json:"exact"`         // every key was counted; else each KeyUse has its Error
	Keys  []KeyUse `json:"keys,omitzero"` // by Offered, highest first
}

// KeyUse is one partition key's use of its shard.
type KeyUse struct {
	Stream    string  `json:"stream,omitzero"`
	Shard     string  `json:"shard,omitzero"` // where it was last seen; empty is unknown
	Key       string  `json:"key"`
	Offered   int64   `json:"offered"`        // records
	Bytes     int64   `json:"bytes"`          // offered
	Throttled int64   `json:"throttled"`      // attempts refused for a limit
	Error     int64   `json:"error,omitzero"` // Offered is at most so many too high
	Share     float64 `json:"share"`          // of its shard's limit, over the mean of the run; above 1 no split helps it
}
