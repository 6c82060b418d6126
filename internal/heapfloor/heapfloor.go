// Package heapfloor keeps the garbage collector from working hard for little. Go collects when the heap has grown by a
// share of what is in use (GOGC). A client or a server that has a few megabytes in use and makes hundreds of megabytes of
// garbage a second so collects a hundred times a second: a third of what the machine can do.
//
// So the floor under the heap rises while collections follow each other closely, and sinks again when they do not: a
// process that does little stays small. A memory limit with GOGC=off would do as much until the heap in use came near it,
// and collect without end from there. A ballast, a large object that is never touched, would count against such a limit.
package heapfloor

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// Floor keeps a process from collecting too often.
type Floor struct {
	mu      sync.Mutex
	level   level
	percent int // above the floor
	set     int // in force
	lowered bool
}

// Raise lets the heap grow up to so many bytes before it is collected, where it would be collected often, and from there by
// a percentage of what is in use, as [debug.SetGCPercent]. It is one for the whole process.
func Raise(most uint64, percent int) *Floor {
	f := &Floor{level: level{most: most, last: time.Now()}, percent: percent, set: percent}
	debug.SetGCPercent(percent)
	f.arm()
	return f
}

// Lower takes the floor away; the percentage stays.
func (f *Floor) Lower() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lowered = true
	debug.SetGCPercent(f.percent)
}

// beacon is garbage from the beginning: that it was collected says that a collection is over. It has a pointer, so that
// it shares no block of memory with others.
type beacon struct{ _ *beacon }

func (f *Floor) arm() {
	runtime.AddCleanup(new(beacon), func(f *Floor) {
		if f.adjust() {
			f.arm()
		}
	}, f)
}

// adjust sets the percentage from which the next collection follows. It is false where the floor is no more.
func (f *Floor) adjust() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lowered {
		return false
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	f.level.collected(time.Now())
	if p := percent(f.level.bytes, live[0].Value.Uint64(), f.percent); p != f.set {
		f.set = p
		debug.SetGCPercent(p)
	}
	return true
}

// Collections that follow each other within often cost too much; where they come more than seldom apart the floor need not
// be as high as it is.
const (
	often  = 200 * time.Millisecond
	seldom = 4 * often
)

// smallest is the heap that Go takes for in use at least: with GOGC at 100 the first collection comes at four megabytes.
const smallest = 4 << 20

// level is how high the floor is now.
type level struct {
	bytes, most uint64
	last        time.Time // a collection
}

// collected raises or lowers the level after a collection.
func (l *level) collected(now time.Time) {
	switch since := now.Sub(l.last); {
	case since < often:
		l.bytes = min(l.most, max(2*l.bytes, 2*smallest))
	case since > seldom:
		l.bytes /= 2
	}
	l.last = now
}

// percent is how much of what is in use may be added to it before the floor, or by base, is reached.
func percent(floor, live uint64, base int) int {
	live = max(live, smallest)
	if floor <= live {
		return base
	}
	return max(base, int((floor-live)*100/live))
}
