package measure

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// Recorder records a run and writes its file. It is safe for concurrent use.
//
// The caller calls Tick once a second of the run's clock and Finish at the end. Each line is written with one Write, so
// a run that is killed leaves whole lines and at most one torn one. After a failed write nothing more is written, and
// every call returns that error.
type Recorder struct {
	mu       sync.Mutex // of the file and of everything below; taken before a series' or counter's own
	w        io.Writer
	err      error // sticky
	virtual  bool
	at       int64 // of the last tick
	interval int64 // between the last two
	series   []*Series
	counters []*Counter
	byName   map[string]any // *Series or *Counter
	declared struct{ series, counters int }
	line     []byte
	scratch  scratch
}

// errFinished is what a recorder answers after Finish.
var errFinished = errors.New("the run file is finished")

// NewRecorder begins a run file by writing its header to w.
func NewRecorder(w io.Writer, h Header) (*Recorder, error) {
	r := &Recorder{w: w, byName: make(map[string]any), virtual: h.Clock == ClockVirtual}
	h.Schema = Schema
	if r.virtual {
		h.Started = ""
	}
	r.writeValue(headerLine{Type: kindHeader, Header: h})
	return r, r.err
}

// Series gives the series of a name and tags, the same one for the same two. The options of the first call hold.
func (r *Recorder) Series(name string, tags Tags, options SeriesOptions) *Series {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := "s" + name + "\x00" + tags.key()
	if s, ok := r.byName[key]; ok {
		return s.(*Series)
	}
	if options.Unit == "" {
		options.Unit = "ns"
	}
	if options.Of.Name != "" {
		r.counter(options.Of.Name, options.Of.Tags)
	}
	s := &Series{name: name, tags: cloneTags(tags), options: options, id: len(r.series)}
	s.unit = Unit{series: s, start: noSecond}
	r.series = append(r.series, s)
	r.byName[key] = s
	return s
}

// Counter gives the counter of a name and tags, the same one for the same two. It is in the file even where it stays 0.
func (r *Recorder) Counter(name string, tags Tags) *Counter {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counter(name, tags)
}

func (r *Recorder) counter(name string, tags Tags) *Counter {
	key := "c" + name + "\x00" + tags.key()
	if c, ok := r.byName[key]; ok {
		return c.(*Counter)
	}
	c := &Counter{name: name, tags: cloneTags(tags), id: len(r.counters)}
	r.counters = append(r.counters, c)
	r.byName[key] = c
	return c
}

// Tick writes everything recorded since the last one as one line. at is the time since the start of the load.
func (r *Recorder) Tick(at int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interval, r.at = at-r.at, at
	r.window(true)
	return r.err
}

// Finish writes what is left since the last tick, and the end. The recorder takes nothing more.
func (r *Recorder) Finish(end End) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.virtual {
		end.CPUShare, end.MaxRSS = 0, 0
	}
	r.window(false)
	r.writeValue(endLine{Type: kindEnd, End: end})
	if r.err != nil {
		return r.err
	}
	r.err = errFinished
	return nil
}

// window writes the declarations of what is new, and a window line. Without anything in it, the line is written only
// where always is set: it shows that the run lived.
func (r *Recorder) window(always bool) {
	for ; r.declared.series < len(r.series); r.declared.series++ {
		s := r.series[r.declared.series]
		r.writeValue(seriesLine{
			Type: kindSeries, ID: s.id, Name: s.name, Tags: s.tags, Unit: s.options.Unit, Of: s.options.Of,
		})
	}
	for ; r.declared.counters < len(r.counters); r.declared.counters++ {
		c := r.counters[r.declared.counters]
		r.writeValue(counterLine{Type: kindCounter, ID: c.id, Name: c.name, Tags: c.tags})
	}
	line := append(r.line[:0], windowPrefix...)
	line = appendAt(append(line, `"at":`...), r.at)
	line = append(line, `,"series":[`...)
	before := len(line)
	for _, s := range r.series {
		line = s.append(line, &r.scratch)
	}
	touched := len(line) > before
	line = append(line, `],"counters":[`...)
	before = len(line)
	for _, c := range r.counters {
		line = c.append(line)
	}
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

func cloneTags(t Tags) Tags {
	if len(t) == 0 {
		return nil
	}
	c := make(Tags, len(t))
	for name, value := range t {
		c[name] = value
	}
	return c
}
