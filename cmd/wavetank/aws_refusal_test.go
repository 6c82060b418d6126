//go:build moto

package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// refusal is what the gateway answers in the services' place to requests that need an action.
type refusal struct {
	action string // kinesis:PutRecords; "" is every action
	from   int    // the first that is refused; counted from 1
	times  int    // how many are refused, one after another; 0 is all from there on
	code   string
	status int
}

// refuses tells whether a request is refused; the gateway has noted it already.
func (f *refusal) refuses(actions []string, called map[string]int) bool {
	n := 0
	switch {
	case f.action == "":
		for _, count := range called {
			n += count
		}
	case slices.Contains(actions, f.action):
		n = called[f.action]
	default:
		return false
	}
	n -= f.from
	return n >= 0 && (f.times == 0 || n < f.times)
}

// answer writes the error as the service of the action would.
func (f *refusal) answer(w http.ResponseWriter, actions []string) {
	service := ""
	if len(actions) > 0 {
		service, _, _ = strings.Cut(actions[0], ":")
	}
	w.Header().Set("X-Amzn-Errortype", f.code)
	switch service {
	case "s3":
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(f.status)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>put in the way</Message></Error>", f.code)
	case "iam", "sts":
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(f.status)
		_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>put in the way</Message></Error></ErrorResponse>", f.code)
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(f.status)
		_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"put in the way"}`, f.code)
	}
}
