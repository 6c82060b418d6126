package kinesis

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// documentVersion is of the documents' form. A change that an older program would read wrongly has the next number.
const documentVersion = 1

// documentHead is what every document begins with.
type documentHead struct {
	Version         int
	Account, Region string
	Stream          string `json:",omitempty"` // empty: the document of the account and region
}

// streamDocument is the state of a stream but for its records. Instants are unix nanoseconds; 0 is none. What counts calls
// and traffic is not in it: that starts afresh.
type streamDocument struct {
	documentHead
	Created, Active int64
	Deleted, Gone   int64 `json:",omitempty"`
	Settings        settingsDocument
	Changes         []changeDocument `json:",omitempty"`
	Shards          []shardDocument
	Eras            []eraDocument      `json:",omitempty"`
	Turn            uint64             `json:",omitempty"`
	Becomes         string             `json:",omitempty"`
	Reserved        int                `json:",omitempty"`
	Scalings        daily              `json:",omitempty"`
	Switches        daily              `json:",omitempty"`
	Applied         daily              `json:",omitempty"`
	Removed         daily              `json:",omitempty"`
	Peaks           []peakDocument     `json:",omitempty"`
	Consumers       []consumerDocument `json:",omitempty"`
	LastRemoved     int64              `json:",omitempty"`
}

type settingsDocument struct {
	Mode             string
	Retention, Asked time.Duration
	Floor            int64 `json:",omitempty"`
	RecordSize       int64
	Strategy         string
	Encryption       string
	KeyID            string   `json:",omitempty"`
	Monitored        []string `json:",omitempty"`
	Warm, Warmed     int32    `json:",omitempty"`
}

type shardDocument struct {
	Start, End  record.Hash
	Parents     []int32 `json:",omitempty"`
	Children    []int32 `json:",omitempty"`
	Started     int64
	Created     int64 // unix seconds
	Closed      int64 `json:",omitempty"`
	Forgotten   bool  `json:",omitempty"` // it is closed and no longer listed
	First, Next uint64
	Arrived     int64
	ReadTo      uint64 `json:",omitempty"`
	Splitting   bool   `json:",omitempty"`
}

type eraDocument struct {
	Began     int64
	Encrypted bool
	From      []uint64
}

type peakDocument struct {
	At     int64
	Shards int
}

type consumerDocument struct {
	Name, ARN       string
	Created, Active int64
	Deleted         bool  `json:",omitempty"`
	Gone            int64 `json:",omitempty"`
}

func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instantOf(nano int64) time.Time {
	if nano == 0 {
		return time.Time{}
	}
	return time.Unix(0, nano).UTC()
}

// document is the stream's document. The caller holds its lock.
func (s *Service) document(st *stream) []byte {
	set := st.settings.Load()
	d := streamDocument{
		documentHead: documentHead{documentVersion, s.cfg.Account, s.cfg.Region, st.name},
		Created:      instant(st.created), Active: instant(st.active), Deleted: instant(st.deleted), Gone: instant(st.gone),
		Settings: settingsDocument{
			set.mode, set.retention, set.asked, set.floor, set.recordSize, set.strategy, set.encryption, set.keyID, set.monitored,
			set.warm, set.warmed,
		},
		Turn: st.turn, Becomes: st.becomes, Reserved: st.reserved,
		Scalings: st.scalings, Switches: st.switches, Applied: st.applied, Removed: st.removed, LastRemoved: st.lastRemoved,
	}
	for _, p := range st.changes {
		d.Changes = append(d.Changes, documentOf(p))
	}
	for _, sh := range st.shards {
		d.Shards = append(d.Shards, shardDocument{
			sh.start, sh.end, sh.parents, sh.children, sh.started, sh.created, sh.closed,
			sh.closed != 0 && !slices.Contains(st.closed, sh), sh.first, sh.next, sh.arrived, sh.readTo, sh.splitting,
		})
	}
	for _, e := range st.eras {
		d.Eras = append(d.Eras, eraDocument{e.began, e.encrypted, e.from})
	}
	for _, p := range st.peaks {
		d.Peaks = append(d.Peaks, peakDocument{p.at, p.shards})
	}
	for _, c := range st.consumers {
		d.Consumers = append(d.Consumers, consumerDocument{c.name, c.arn, instant(c.created), instant(c.active), c.deleted, instant(c.gone)})
	}
	return mustJSON(d)
}

// mustJSON encodes what can always be encoded.
func mustJSON(d any) []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Sprintf("a document is no JSON: %v", err))
	}
	return b
}
