package tanktest

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/internal/aggregate"
)

// bundle is the user records in a record of a stream. A delivery stream opens aggregates of the KPL's, and each of their user records goes
// its own way; functions and consumers get them closed.
type bundle struct {
	holds int32 // user records
	opens int32 // the first so many come out where it is opened: a reader ends at one that it fails on
}

// alone is the bundle of a record that is no aggregate, or of which nobody opens it.
var alone = bundle{1, 1}

// bundled looks into a record's data; ok is false where they are no aggregate, which mostly their first bytes tell.
func bundled(data []byte) (b bundle, ok bool) {
	n, ok := aggregate.Count(data)
	if !ok {
		return alone, false
	}
	b.holds = int32(n)
	aggregate.Read(data, aggregate.FullRange(), func(int, aggregate.UserRecord) { b.opens++ })
	return b, true
}

// bundles are the aggregates that a stream has taken. The history is locked.
func (h *history) bundles(stream string) map[place]bundle {
	if s := h.streams[stream]; s != nil {
		return s.bundles
	}
	return nil
}

// bundle is what a record of a stream holds. The history is locked.
func (h *history) bundle(stream string, at place) bundle {
	if b, ok := h.bundles(stream)[at]; ok {
		return b
	}
	return alone
}

// String says of a stored record that it is an aggregate; "" where it is none.
func (b bundle) String() string {
	text := fmt.Sprintf(", an aggregate of %d user records", b.holds)
	switch {
	case b == alone:
		return ""
	case b.opens < b.holds:
		text += fmt.Sprintf(", of which %d can be read", b.opens)
	}
	return text
}

// some is in front of what became of n of the user records; "" where they are all of them.
func (b bundle) some(n int) string {
	if n >= int(b.holds) {
		return ""
	}
	return fmt.Sprintf("%d of its %d user records ", n, b.holds)
}

// seenBy is the bundle as a function has it: a transformation gets user records.
func (b bundle) seenBy(function string) bundle {
	if strings.HasPrefix(function, transformOf("")) { // no function has a space in its name
		return b
	}
	return alone
}

// whole counts a record that comes out at the sink, and tells whether all of it has: of an aggregate the last of its user records, and each
// that comes beyond them. The history and the sink are locked.
func (c *counted) whole(of map[place]bundle, at place) bool {
	b, ok := of[at]
	if !ok {
		return true
	}
	if c.parts == nil {
		c.parts = map[place]int{}
	}
	c.parts[at]++
	return c.parts[at] >= int(b.holds)
}

// begun tells whether user records of an aggregate have come out, all or some.
func (s *Sink) begun(at place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counted.parts[at] > 0
}
