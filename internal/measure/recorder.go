package measure

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"sync"
)

// Recorder records a run and writes its file. It is safe for concurrent use.
//
// The caller calls Tick once a second of the run's clock and Finish at the end. Each line is written with one Write, so
// a run that is killed leaves whole lines and at most one torn one. After a failed write nothing more is written, and
// every call returns that error.
type Recorder struct {
	mu       sync.Mutex // of the file and of what follows
	w        io.Writer
	err      error // sticky
	virtual  bool
	at       int64                          // of the last tick
	interval int64                          // between the last two
	declared struct{ series, counters int } // in the file
	line     []byte
	scratch  scratch

	registry registry
	cuts     cuts
}

// registry is the series and counters there are. It has a lock of its own, so that they can be asked for inside a unit
// while a tick waits for its end.
type registry struct {
	mu       sync.Mutex
	series   []*Series  // by id; only ever appended to
	counters []*Counter // by id; only ever appended to
	byName   map[string]any
}

// errFinished is what a recorder answers after Finish.
var errFinished = errors.New("the run file is finished")

// NewRecorder begins a run file by writing its header to w.
func NewRecorder(w io.Writer, h Header) (*Recorder, error) {
	r := &Recorder{w: w, virtual: h.Clock == ClockVirtual}
	r.registry.byName = make(map[string]any)
	h.Schema = Schema
	if r.virtual {
		h.Started = ""
	}
	r.writeValue(headerLine{Type: kindHeader, Header: h})
	return r, r.err
}

// Series gives the series of a name and tags, the same one for the same two. The options of the first call hold.
func (r *Recorder) Series(name string, tags Tags, options SeriesOptions) *Series {
	return r.registry.seriesOf(name, tags, options)
}

// Counter gives the counter of a name and tags, the same one for the same two. It is in the file even where it stays 0.
func (r *Recorder) Counter(name string, tags Tags) *Counter {
	r.registry.mu.Lock()
	defer r.registry.mu.Unlock()
	return r.registry.counterOf(name, tags)
}

func (g *registry) seriesOf(name string, tags Tags, options SeriesOptions) *Series {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := "s" + name + "\x00" + tags.key()
	if s, ok := g.byName[key]; ok {
		return s.(*Series)
	}
	if options.Unit == "" {
		options.Unit = "ns"
	}
	if options.Of.Name != "" {
		g.counterOf(options.Of.Name, options.Of.Tags)
	}
	s := &Series{name: name, tags: maps.Clone(tags), options: options, id: len(g.series)}
	s.unit = Unit{series: s, start: noSecond}
	g.series = append(g.series, s)
	g.byName[key] = s
	return s
}

func (g *registry) counterOf(name string, tags Tags) *Counter {
	key := "c" + name + "\x00" + tags.key()
	if c, ok := g.byName[key]; ok {
		return c.(*Counter)
	}
	c := &Counter{name: name, tags: maps.Clone(tags), id: len(g.counters)}
	g.counters = append(g.counters, c)
	g.byName[key] = c
	return c
}

// all gives the series and counters there are, for reading.
func (g *registry) all() ([]*Series, []*Counter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.series, g.counters
}

// Tick writes everything recorded since the last one as one line. at is the time since the start of the load.
func (r *Recorder) Tick(at int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window(r.cut(at), true)
	return r.err
}

// Finish writes what is left since the last tick, and the end. The recorder takes nothing more.
func (r *Recorder) Finish(end End) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.virtual {
		end.CPUShare, end.MaxRSS = 0, 0
	}
	r.window(r.cut(r.at), false)
	r.writeValue(endLine{Type: kindEnd, End: end})
	if r.err != nil {
		return r.err
	}
	r.err = errFinished
	return nil
}

// window writes the declarations of what is new, and a window line of what was cut. Without anything in it, the line is
// written only where always is set: it shows that the run lived.
func (r *Recorder) window(c *cut, always bool) {
	defer r.uncut(c)
	if always {
		r.interval, r.at = c.at-r.at, c.at
	}
	for ; r.declared.series < len(c.series); r.declared.series++ {
		s := c.series[r.declared.series]
		r.writeValue(seriesLine{
			Type: kindSeries, ID: s.id, Name: s.name, Tags: s.tags, Unit: s.options.Unit, Of: s.options.Of,
		})
	}
	for ; r.declared.counters < len(c.counters); r.declared.counters++ {
		k := c.counters[r.declared.counters]
		r.writeValue(counterLine{Type: kindCounter, ID: k.id, Name: k.name, Tags: k.tags})
	}
	line := append(r.line[:0], windowPrefix...)
	line = appendAt(append(line, `"at":`...), r.at)
	line = append(line, `,"series":[`...)
	before := len(line)
	for i, s := range c.series {
		line = s.append(line, &r.scratch, c.windows[i])
	}
	touched := len(line) > before
	line = append(line, `],"counters":[`...)
	before = len(line)
	line = c.appendCounts(line)
	touched = touched || len(line) > before
	r.line = append(line, "]}\n"...)
	if touched || always {
		r.write(r.line)
	}
}

func (r *Recorder) writeValue(line any) {
	if r.err != nil {
		return
	}
	b, err := marshal(line)
	if err != nil {
		r.err = err
		return
	}
	r.write(b)
}

func (r *Recorder) write(line []byte) {
	if r.err != nil {
		return
	}
	n, err := r.w.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err // the caller knows the path, and a run file's errors must not depend on it
		}
		r.err = fmt.Errorf("write run file: %w", err)
	}
}
