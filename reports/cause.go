package reports

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
)

// Cause is what most likely broke an objective: the shard that refused most in its worst window, by which limit, and the
// hottest key there.
type Cause struct {
	Stream   string  `json:"stream,omitempty"`
	Shard    string  `json:"shard,omitempty"`
	Limit    string  `json:"limit,omitempty"`    // records, bytes, reads, injected or unknown
	Refused  int64   `json:"refused,omitempty"`  // attempts, or reads, in the worst window; 0 where it has none
	Key      string  `json:"key,omitempty"`      // the hottest there, over the whole run
	KeyShare float64 `json:"keyShare,omitempty"` // of its shard's limit
	Text     string  `json:"text"`               // in sentences
}

// place is where the cause lies: a cause that was told once is not told again.
func (c *Cause) place() string {
	if c.Shard == "" || c.Refused == 0 {
		return c.Text
	}
	return c.Stream + c.Shard + c.Limit + c.Key
}

// cause looks for what broke an objective; nil where nothing can be named.
func (r *Report) cause(o *Objective) *Cause {
	name, in := o.objective.Name, r.measured
	if o.Worst != nil {
		in = o.Worst.span()
	}
	var c *Cause
	switch {
	case isIntegrity(name):
		return r.integrityCause(o)
	case name == "goodput":
		return r.goodputCause(o)
	case strings.HasPrefix(name, "put."):
		c = r.refusalCause(writesRefused, in, o.objective.Tags)
	case strings.HasPrefix(name, "stream."), strings.HasPrefix(name, "lambda."), strings.HasPrefix(name, "firehose."):
		c = r.refusalCause(readsRefused, in, nil)
	default: // from due to a sink: either side of the stream
		if c = r.refusalCause(writesRefused, in, nil); c == nil {
			c = r.refusalCause(readsRefused, in, nil)
		}
	}
	if c != nil && o.Worst != nil && c.Shard != "" {
		o.Worst.Tags = map[string]string{"stream": c.Stream, "shard": c.Shard, "limit": c.Limit}
	}
	return c
}

// refusalCause is the shard that refused most in a span, and what that means.
func (r *Report) refusalCause(counter string, in span, tags measure.Tags) *Cause {
	f := r.refusal(counter, in, tags)
	if f == nil {
		return nil
	}
	c := &Cause{Stream: f.stream, Shard: f.shard, Refused: f.total, Text: f.text(r, in)}
	c.Limit, _ = most(f.byLimit)
	if !f.reads && (c.Limit == "records" || c.Limit == "bytes") {
		r.blameKey(c)
	}
	return c
}

// goodputCause names the sink that is lowest, and the shard that held it up.
func (r *Report) goodputCause(o *Objective) *Cause {
	var parts []string
	for i := range r.Goodput {
		parts = append(parts, r.Goodput[i].text())
	}
	c := &Cause{Text: "By sink: " + strings.Join(parts, ", ") + "."}
	for _, counter := range []string{writesRefused, readsRefused} {
		if f := r.refusal(counter, r.measured, nil); f != nil {
			c.Text += " " + f.text(r, r.measured)
		}
	}
	return c
}

// blameKey names the hottest key of the cause's shard and says whether a split would help.
func (r *Report) blameKey(c *Cause) {
	var hottest *Key
	for i := range r.Keys.Keys {
		k := &r.Keys.Keys[i]
		if k.Stream == c.Stream && k.Shard == c.Shard && (hottest == nil || k.Share > hottest.Share) {
			hottest = k
		}
	}
	if hottest == nil {
		return
	}
	c.Key, c.KeyShare = hottest.Key, hottest.Share
	c.Text += " " + hottest.meaning()
}

// integrityCause says where records that are missing, lost or seen twice went.
func (r *Report) integrityCause(o *Objective) *Cause {
	l := r.ledger()
	if l == nil {
		return nil
	}
	var parts []string
	if o.objective.Name == "integrity.missing" {
		if l.GivenUp > 0 {
			parts = append(parts, fmt.Sprintf("%s given up after every attempt was refused", plural(l.GivenUp, "record")))
		}
		if l.Unknown > 0 {
			parts = append(parts, fmt.Sprintf("%s without an answer", plural(l.Unknown, "record")))
		}
	}
	for i := range l.Sinks {
		s := &l.Sinks[i]
		if n := integrityOf(s, o.objective.Name); n == 0 || !s.Observed {
			continue
		}
		switch {
		case s.Pending+s.Lost > 0:
			parts = append(parts, fmt.Sprintf("%s: %s acknowledged and lost, %s still pending", s.Name, formatCount(s.Lost), formatCount(s.Pending)))
		case o.objective.Name == "integrity.duplicated":
			parts = append(parts, duplicatedBy(s))
		case o.objective.Name == "integrity.reordered":
			parts = append(parts, fmt.Sprintf("%s: %s behind a later one of their key", s.Name, plural(s.Reordered, "record")))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	c := &Cause{Text: strings.Join(parts, "; ") + "."}
	if by := r.refusalCause(writesRefused, span{0, r.measured.to}, nil); l.GivenUp > 0 && by != nil {
		c.Stream, c.Shard, c.Limit, c.Key, c.KeyShare = by.Stream, by.Shard, by.Limit, by.Key, by.KeyShare
	}
	return c
}

// duplicatedBy says who made a sink's duplicates. Of some it is not known: without a record's place in its stream one that is
// delivered again cannot be told from one that is stored twice.
func duplicatedBy(s *measure.SinkTotals) string {
	text := fmt.Sprintf("%s: %s by the producer's retries, %s by the pipeline", s.Name,
		formatCount(s.DuplicatedByProducer), formatCount(s.DuplicatedByPipeline))
	if n := s.Duplicated - s.DuplicatedByProducer - s.DuplicatedByPipeline; n > 0 {
		text += fmt.Sprintf(", %s by one of the two (where these records are stored is not known)", formatCount(n))
	}
	return text
}
