package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// invoke is what LocalStack calls. It answers at once; the outcome is posted when there is one.
func (e *environment) invoke() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /invoke", func(w http.ResponseWriter, r *http.Request) {
		inv := &invocation{outcome: make(chan outcome, 1)}
		if err := json.NewDecoder(r.Body).Decode(inv); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case e.invocations <- inv:
		case <-r.Context().Done():
		}
	})
	return mux
}

// runtimeAPI is what the function calls: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	const v = "/2018-06-01/runtime/"
	mux.HandleFunc("GET "+v+"invocation/next", e.next)
	mux.HandleFunc("POST "+v+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { e.settle(w, r, "response") })
	mux.HandleFunc("POST "+v+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) { e.settle(w, r, "error") })
	mux.HandleFunc("POST "+v+"init/error", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case e.initError <- body:
		default: // it said so before
		}
		accepted(w)
	})
	return mux
}

func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	p := e.process
	e.mu.Unlock()
	p.once.Do(func() { close(p.asked) })
	select {
	case inv := <-p.next:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", inv.ID)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.ARN)
		h.Set("Lambda-Runtime-Trace-Id", inv.Trace)
		fmt.Fprint(w, inv.Payload)
	case <-r.Context().Done():
	}
}

// settle takes the outcome of the invocation that is in flight. One that comes after the timeout is for nobody.
func (e *environment) settle(w http.ResponseWriter, r *http.Request, kind string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	inv := e.inFlight
	e.mu.Unlock()
	if inv == nil || inv.ID != r.PathValue("id") {
		http.Error(w, string(failure{"InvalidRequestID", "Invalid request ID"}.body()), http.StatusBadRequest)
		return
	}
	select {
	case inv.outcome <- outcome{kind, body}:
	default: // it answered before
	}
	accepted(w)
}

func accepted(w http.ResponseWriter) {
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprint(w, `{"status":"OK"}`)
}
