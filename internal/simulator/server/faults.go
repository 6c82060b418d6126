package server

import (
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// enter asks the fault hook about a request that has been read and understood, and applies what comes before the service
// acts. A non-nil error is the answer; the service must then not be called. A cut ends the handler. Every service calls
// enter before it acts and leave before it answers.
func (s *Server) enter(r *http.Request, c *call, req fault.Request) *wireError {
	if s.cfg.Faults == nil {
		return nil
	}
	req.Operation, req.Account, req.Region = c.operation, c.account, c.region
	c.action = s.cfg.Faults(s.cfg.AWS.Clock().Now(), req)
	if !c.action.After {
		s.holdAndCut(r, &c.action)
	}
	if c.action.Whole(req.Records) {
		if req.Records > 0 {
			c.limits = injectedLetter
		}
		return injected(c.action.Err)
	}
	return nil
}

// leave applies what comes after the service has acted, before its answer is sent.
func (s *Server) leave(r *http.Request, c *call) {
	if c.action.After {
		s.holdAndCut(r, &c.action)
	}
	if c.action.Lost {
		panic(http.ErrAbortHandler)
	}
}

// take lets a service's own time pass, where the model gives it any, before the service acts.
func (s *Server) take(r *http.Request, latency kinesis.Latency) {
	if latency == (kinesis.Latency{}) {
		return
	}
	s.mu.Lock()
	d := latency.Draw(s.rand)
	s.mu.Unlock()
	wait(d, r.Context().Done())
}

// wait lets time pass; a request whose client has gone is given up.
func wait(d time.Duration, gone <-chan struct{}) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-gone:
		panic(http.ErrAbortHandler)
	}
}

// holdAndCut delays a request, holds it and cuts its connection, as far as the action says so.
func (s *Server) holdAndCut(r *http.Request, a *fault.Action) {
	if a.Delay > 0 || !a.Until.IsZero() || a.Release != nil {
		s.hold(a, r.Context().Done())
	}
	if a.Cut {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
}

// hold delays a request and holds it, until its client is gone.
func (s *Server) hold(a *fault.Action, gone <-chan struct{}) {
	wait(a.Delay, gone)
	if !a.Until.IsZero() {
		wait(a.Until.Sub(s.cfg.AWS.Clock().Now()), gone)
	}
	if a.Release == nil {
		return
	}
	select {
	case <-a.Release:
	case <-gone:
		panic(http.ErrAbortHandler)
	}
}

// refuse chooses by the server's seed whether a record is refused, so that over many the action's share is met, and how.
func (s *Server) refuse(a *fault.Action) kinesis.Limit {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.rand.Float64() >= a.Share:
		return kinesis.LimitNone
	case a.Internal():
		return kinesis.LimitInternal
	}
	return kinesis.LimitInjected
}
