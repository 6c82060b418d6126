package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/target/conformance"
)

// caseProgress is what a person sees while cases run. Its methods are called one after another; done ends it, and may be
// called twice.
type caseProgress interface {
	phase(text string) // what is done before the first case, or after the last
	begin(k conformance.Case, n, of int)
	end(k conformance.Case, f conformance.Finding)
	done()
}

func newCaseProgress(e env, quiet bool) caseProgress {
	file, ok := terminal(e.stderr)
	switch {
	case quiet:
		return noCases{}
	case ok:
		return newCaseLine(file)
	}
	return &caseLog{out: e.stderr}
}

// noCases is --quiet.
type noCases struct{}

func (noCases) phase(string)                              {}
func (noCases) begin(conformance.Case, int, int)          {}
func (noCases) end(conformance.Case, conformance.Finding) {}
func (noCases) done()                                     {}

// caseLog writes a line for each case that is over, for pipes and logs.
type caseLog struct {
	out   io.Writer
	n, of int
}

func (l *caseLog) phase(string)                        {}
func (l *caseLog) begin(_ conformance.Case, n, of int) { l.n, l.of = n, of }
func (l *caseLog) done()                               {}
func (l *caseLog) end(k conformance.Case, f conformance.Finding) {
	fmt.Fprintf(l.out, "%3d/%d  %-8s %s (%.1f s)\n", l.n, l.of, f.Verdict, k.Name, f.Took.Seconds())
}

// caseLine is one line of a terminal that is drawn again every second: what is done, for how long, and what was found.
type caseLine struct {
	file    *os.File
	stop    chan struct{}
	once    sync.Once
	drawing sync.WaitGroup

	mu       sync.Mutex
	began    time.Time // of all
	since    time.Time // of what is done now
	now      string
	findings []conformance.Finding
}

func newCaseLine(file *os.File) *caseLine {
	l := &caseLine{file: file, stop: make(chan struct{}), began: time.Now(), since: time.Now()}
	l.drawing.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				l.draw()
			case <-l.stop:
				return
			}
		}
	})
	return l
}

func (l *caseLine) phase(text string) { l.show(text) }

func (l *caseLine) begin(k conformance.Case, n, of int) {
	l.show(fmt.Sprintf("%d/%d %s", n, of, k.Name))
}

func (l *caseLine) end(_ conformance.Case, f conformance.Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.findings = append(l.findings, f)
}

func (l *caseLine) show(what string) {
	l.mu.Lock()
	l.now, l.since = what, time.Now()
	l.mu.Unlock()
	l.draw()
}

func (l *caseLine) draw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == "" {
		return
	}
	line := []rune(caseText(l.now, time.Since(l.since), time.Since(l.began), l.findings))
	fmt.Fprintf(l.file, "\r\x1b[K %s", string(line[:min(len(line), max(widthOf(l.file)-2, 0))]))
}

// caseText is the line: 17/92 put-501-records 3s · 12 does, 2 does not · 01:12 in all.
func caseText(now string, took, all time.Duration, findings []conformance.Finding) string {
	text := fmt.Sprintf("%s %ds", now, int(took.Seconds()))
	if len(findings) > 0 {
		text += " · " + conformance.Summary(findings)
	}
	return text + " · " + minutes(all) + " in all"
}

// done takes the line away: the table comes next.
func (l *caseLine) done() {
	l.once.Do(func() {
		close(l.stop)
		l.drawing.Wait()
		fmt.Fprint(l.file, "\r\x1b[K")
	})
}
