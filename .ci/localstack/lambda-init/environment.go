package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// environment is one execution environment: a program and the invocations it gets, one after the other. run owns it; the
// handlers of the two servers hand things to run.
type environment struct {
	localstack *localstack
	start      func() *process
	timeout    time.Duration
	out        *output

	invocations chan *invocation
	initError   chan []byte

	mu       sync.Mutex
	process  *process    // the one that lives
	inFlight *invocation // the one it works on
}

// invocation is one event for the function, as LocalStack sends it.
type invocation struct {
	ID      string `json:"invoke-id"`
	ARN     string `json:"invoked-function-arn"`
	Payload string `json:"payload"`
	Trace   string `json:"trace-id"`

	deadline time.Time
	outcome  chan outcome // the function's answer, if it gives one; room for one
}

// outcome is the function's answer; kind is response or error.
type outcome struct {
	kind string
	body []byte
}

func newEnvironment(l *localstack, start func() *process, timeout time.Duration, out *output) *environment {
	return &environment{
		localstack: l, start: start, timeout: timeout, out: out,
		invocations: make(chan *invocation, 1), initError: make(chan []byte, 1),
	}
}

// run starts the program, says when it is ready and lives until the context ends.
func (e *environment) run(ctx context.Context) {
	p := e.restart()
	select {
	case <-p.asked:
		e.localstack.ready()
	case body := <-e.initError:
		e.localstack.notReady(body)
	case <-p.exited:
		e.localstack.notReady(p.why.body())
	}
	for {
		select {
		case inv := <-e.invocations:
			p = e.handle(p, inv)
		case <-ctx.Done():
			p.kill()
			<-p.exited
			return
		}
	}
}

func (e *environment) restart() *process {
	p := e.start()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.process = p
	return p
}

// handle gives the process one invocation and LocalStack its outcome. It returns the process that lives then: a program
// that ended after its last answer is started again, once.
func (e *environment) handle(p *process, inv *invocation) *process {
	began := time.Now()
	inv.deadline = began.Add(e.timeout)
	e.setInFlight(inv)
	late := time.NewTimer(e.timeout)
	defer late.Stop()
	next, restarted := p.next, false
	var o outcome
	for o.kind == "" {
		select {
		case next <- inv:
			next = nil // once
		case o = <-inv.outcome:
		case <-p.exited:
			if next != nil && !restarted {
				p = e.restart()
				next, restarted = p.next, true
				continue
			}
			select {
			case o = <-inv.outcome: // it answered, and then it went
			default:
				o = outcome{"error", failure{p.why.Type, "RequestId: " + inv.ID + " Error: " + p.why.Message}.body()}
			}
		case now := <-late.C:
			p.kill()
			<-p.exited
			o = outcome{"error", failure{"Sandbox.Timedout", fmt.Sprintf("%s %s Task timed out after %.2f seconds",
				now.UTC().Format(time.RFC3339), inv.ID, e.timeout.Seconds())}.body()}
		}
	}
	e.setInFlight(nil)
	e.localstack.finished(inv.ID, e.report(inv, time.Since(began)), o.kind, o.body)
	return p
}

func (e *environment) setInFlight(inv *invocation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight = inv
}

// report is the function's output between the lines that Lambda writes around it.
func (e *environment) report(inv *invocation, took time.Duration) string {
	memory := os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
	ms := float64(took.Microseconds()) / 1000
	return fmt.Sprintf("START RequestId: %[1]s Version: %[2]s\n%[3]sEND RequestId: %[1]s\n"+
		"REPORT RequestId: %[1]s\tDuration: %.2[4]f ms\tBilled Duration: %.0[5]f ms\tMemory Size: %[6]s MB\tMax Memory Used: %[6]s MB\t\n",
		inv.ID, os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), e.out.take(), ms, ms+0.5, memory)
}
