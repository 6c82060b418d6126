package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
)

// localstack is where the outcomes go.
type localstack struct{ endpoint, id string }

// failure is an error as the Runtime API has it.
type failure struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (f failure) body() []byte { return mustMarshal(f) }

// ready says that the function asked for its first invocation.
func (l *localstack) ready() { l.post("/status/"+l.id+"/ready", nil) }

// notReady says that it ended, or gave up, before that.
func (l *localstack) notReady(body []byte) { l.post("/status/"+l.id+"/error", body) }

// finished hands an invocation's outcome on; kind is response or error. The logs go first: LocalStack takes the outcome
// for the end.
func (l *localstack) finished(id, logs, kind string, body []byte) {
	l.post("/invocations/"+id+"/logs", mustMarshal(map[string]string{"logs": logs}))
	l.post("/invocations/"+id+"/"+kind, body)
}

// post does not try again: a LocalStack that does not answer on this machine is gone, and this container with it.
func (l *localstack) post(path string, body []byte) {
	resp, err := http.Post(l.endpoint+path, "application/json", bytes.NewReader(body))
	if err == nil {
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		if err == nil && resp.StatusCode >= 300 {
			err = fmt.Errorf("LocalStack answered %s", resp.Status)
		}
	}
	if err != nil {
		log.Printf("post %s: %v", path, err)
	}
}

func mustMarshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		log.Fatal(err)
	}
	return b
}
