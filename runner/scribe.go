package runner

import (
	"runtime"
	"sync"

	"github.com/wavetank/wavetank/internal/measure"
)

// scribe writes the run file's ticks. In virtual time, where there is a second processor, it packs and writes them there,
// beside the run: what a tick holds is decided when it is cut, so that the file is the same byte for byte.
type scribe struct {
	rec   *measure.Recorder
	ticks chan func() error // nil: written at once
	done  sync.WaitGroup

	mu  sync.Mutex
	err error // the first
}

// unwritten is how many ticks may wait to be written.
const unwritten = 4

// newScribe makes a scribe. Whoever makes it calls close.
func newScribe(rec *measure.Recorder, virtual bool) *scribe {
	s := &scribe{rec: rec}
	if !virtual || runtime.GOMAXPROCS(0) == 1 {
		return s
	}
	ticks := make(chan func() error, unwritten)
	s.ticks = ticks
	s.done.Go(func() {
		for write := range ticks {
			_ = s.keep(write()) // whoever comes next is told
		}
	})
	return s
}

// tick ends a tick at an instant. The error may be of one that was cut before.
func (s *scribe) tick(at int64) error {
	if s.ticks == nil {
		return s.rec.Tick(at)
	}
	s.ticks <- s.rec.Cut(at)
	return s.keep(nil)
}

// keep keeps the first error and returns it.
func (s *scribe) keep(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// wait waits until what was cut is written.
func (s *scribe) wait() {
	if s.ticks == nil {
		return
	}
	written := make(chan struct{})
	s.ticks <- func() error { close(written); return nil }
	<-written
}

// close waits until everything is written. It may be called again.
func (s *scribe) close() {
	if s.ticks != nil {
		close(s.ticks)
		s.ticks = nil
	}
	s.done.Wait()
}
