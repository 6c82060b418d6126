package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/wavetank/wavetank/runner"
)

// interruption is a run that was interrupted before its load had begun.
type interruption struct {
	while string  // what it was at: starting LocalStack; empty: nothing yet
	left  []error // what could not be taken down
}

func (i *interruption) Error() string {
	if i.while == "" {
		return "interrupted before anything was made"
	}
	text := "interrupted while " + i.while + ": "
	if len(i.left) == 0 {
		return text + "what was made is taken down"
	}
	return text + "not all of what was made could be taken down\n" + errors.Join(i.left...).Error()
}

// phases remembers what a run was at when it was interrupted. It is safe for concurrent use.
type phases struct {
	ctx  context.Context
	next func(runner.Status)

	mu    sync.Mutex
	last  string
	begun bool // the load
}

// tell passes a status on. What is done after an interrupt is its consequence, and a phase is what somebody is doing.
func (p *phases) tell(s runner.Status) {
	doing, _, _ := strings.Cut(s.Phase, " ")
	p.mu.Lock()
	if p.ctx.Err() == nil && strings.HasSuffix(doing, "ing") {
		p.last = s.Phase
	}
	p.begun = p.begun || s.Phase == loadPhase
	p.mu.Unlock()
	p.next(s)
}

// end is what a run's error is for the person: of one that was interrupted while its pipeline was being made, what it was
// at and what is left of it; of any other, where what was measured is.
func (p *phases) end(err error, dir string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	interrupted := p.ctx.Err() != nil
	switch {
	case p.begun:
		err = fmt.Errorf("%w (wavetank report %s renders what was measured until then)", err, dir)
	case interrupted && canceled(err):
		i := &interruption{while: p.last}
		for _, e := range parts(err) {
			if !canceled(e) {
				i.left = append(i.left, e)
			}
		}
		err = i
	}
	if interrupted {
		return &exit{exitInterrupted, err}
	}
	return err
}

// canceled tells that an error is what is left of a call whose context has ended. Not every library wraps it.
func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || strings.Contains(err.Error(), context.Canceled.Error())
}

// parts are the errors that were joined to one, however deep.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if all := joined.Unwrap(); err.Error() == errors.Join(all...).Error() {
			var each []error
			for _, e := range all {
				each = append(each, parts(e)...)
			}
			return each
		}
		return []error{err}
	}
	if inner := errors.Unwrap(err); inner != nil {
		if each := parts(inner); len(each) > 1 {
			return each
		}
	}
	return []error{err}
}
