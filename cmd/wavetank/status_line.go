package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// statusLine is one line of a terminal that is drawn again and again: as the run tells of itself, and once a second while
// it has nothing to tell, so that a person sees that it is not stuck. It is safe for concurrent use.
type statusLine struct {
	out      io.Writer
	width    func() int // of the terminal now
	scenario *scenarios.Scenario
	virtual  bool

	over  chan struct{} // closed by done
	ended chan struct{} // closed when the ticker's goroutine has ended

	mu     sync.Mutex
	shown  bool // the head
	status runner.Status
	began  time.Time // of the phase
	drawn  time.Time
}

// newStatusLine draws on out until done is called.
func newStatusLine(out io.Writer, width func() int, s *scenarios.Scenario, virtual bool) *statusLine {
	l := &statusLine{
		out: out, width: width, scenario: s, virtual: virtual,
		over: make(chan struct{}), ended: make(chan struct{}),
	}
	go l.tick()
	return l
}

// tick draws the line anew each second of a phase that has no figures of its own.
func (l *statusLine) tick() {
	defer close(l.ended)
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-l.over:
			return
		case <-t.C:
		}
		l.mu.Lock()
		if l.shown && l.status.Figures == nil {
			l.draw()
		}
		l.mu.Unlock()
	}
}

func (l *statusLine) tell(s runner.Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shown {
		l.shown = true
		head(l.out, l.width(), l.scenario, s.Target, l.virtual)
	}
	if s.Note != "" {
		fmt.Fprintf(l.out, "\r\x1b[K%s\n", hang(l.width(), " note: ", s.Note))
		return
	}
	if s.Phase != l.status.Phase {
		l.began = time.Now()
	}
	l.status = s
	// In virtual time a second is a millisecond: what nobody can read is not drawn.
	if l.virtual && s.Figures != nil && time.Since(l.drawn) < 100*time.Millisecond {
		return
	}
	l.draw()
}

// draw writes the line over the one before.
func (l *statusLine) draw() {
	l.drawn = time.Now()
	fmt.Fprintf(l.out, "\r\x1b[K %s", statusText(l.status, l.drawn.Sub(l.began), l.width()-2))
}

func (l *statusLine) done() {
	close(l.over)
	<-l.ended
	fmt.Fprint(l.out, "\r\x1b[K\n")
}

// head names the run and draws its pipeline, a line for each sink, in lines of a width.
func head(w io.Writer, width int, s *scenarios.Scenario, target string, virtual bool) {
	clock := ""
	if virtual {
		clock = " · virtual time"
	}
	fmt.Fprintln(w, hang(width, "", fmt.Sprintf("%s · %s%s · seed %d · %s", s.Name, target, clock, s.Seed, s.Duration)))
	for _, line := range pipelineLines(s, width-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}
