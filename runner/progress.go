package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/measure"
)

// Status is where a run stands, once a second.
type Status struct {
	Phase    string        // making the pipeline, load or drain
	Elapsed  time.Duration // since the start of the load
	Duration time.Duration // of the load
	Target   string
	// Figures is what was measured so far; nil before the load.
	Figures *measure.Snapshot
	// Open is how many records are still on their way.
	Open int64
	// Note is a sentence that the person should keep, told once; everything else is as it was told last.
	Note string
}

// phase tells that a part of the run begins.
func (r *run) phase(name string) {
	r.telling.Lock()
	defer r.telling.Unlock()
	r.status.Phase = name
	r.tell(r.status)
}

// note keeps a sentence of the target.
func (r *run) note(text string) {
	r.mu.Lock()
	r.notes = append(r.notes, text)
	r.mu.Unlock()
	r.telling.Lock()
	defer r.telling.Unlock()
	s := r.status
	s.Note = text
	r.tell(s)
}

// progress tells where the run stands.
func (r *run) progress(elapsed time.Duration) {
	if r.config.Progress == nil || r.config.Virtual && elapsed < r.told+r.config.Scenario.Duration.Std()/100 {
		return
	}
	r.scribe.wait()
	r.telling.Lock()
	defer r.telling.Unlock()
	r.told = elapsed
	s := r.status
	s.Elapsed, s.Figures, s.Open = elapsed, r.rec.Snapshot(), r.book.open()
	r.tell(s)
}

func (r *run) tell(s Status) {
	if r.config.Progress != nil {
		s.Duration, s.Target = r.config.Scenario.Duration.Std(), r.tgt.Traits().Name
		r.config.Progress(s)
	}
}
