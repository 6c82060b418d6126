//go:build moto

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/wavetank/wavetank/internal/account/iamtest"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// gateway stands between a command and the moto server that WAVETANK_MOTO_URL names. It notes which IAM actions the
// command's requests need, can stop one of them, and can refuse some.
type gateway struct {
	*httptest.Server
	moto    string
	proxy   *httputil.ReverseProxy
	kinesis *httputil.ReverseProxy // where another server is that for requests to Kinesis; nil: moto

	mu      sync.Mutex
	called  map[string]int // by action
	stop    *stop
	refusal refusal // none while it has no code
}

// how a request is stopped: before moto gets it, or before its answer comes back.
type how int

const (
	drop how = iota
	passOn
)

// stop is a request that never gets its answer.
type stop struct {
	action   string
	nth      int
	how      how
	reached  chan struct{}
	released chan struct{}
}

// newGateway empties moto and listens.
func newGateway(t *testing.T) *gateway {
	t.Helper()
	moto := os.Getenv("WAVETANK_MOTO_URL")
	if moto == "" {
		t.Skip("WAVETANK_MOTO_URL is not set: start moto_server and set it to its address")
	}
	resp, err := http.Post(moto+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(moto)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{moto: moto, proxy: httputil.NewSingleHostReverseProxy(to), called: map[string]int{}}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	t.Cleanup(g.release) // first: what is held keeps Close waiting
	return g
}

// stopAt has the nth request that needs an action stopped, and closes reached when it is.
func (g *gateway) stopAt(action string, nth int, how how) (reached <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop = &stop{action, nth, how, make(chan struct{}), make(chan struct{})}
	return g.stop.reached
}

// release lets go of what was stopped, without an answer, and stops nothing from now on.
func (g *gateway) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stop != nil {
		close(g.stop.released)
		g.stop = nil
	}
}

// actions are those that were called, sorted, each once.
func (g *gateway) actions() (list []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for action := range g.called {
		list = append(list, action)
	}
	slices.Sort(list)
	return list
}

// ServeHTTP passes a request on.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	actions := iamtest.Actions(r, body)
	s := g.note(actions)
	proxy := g.proxy
	if g.kinesis != nil && strings.HasPrefix(r.Header.Get("X-Amz-Target"), "Kinesis_") {
		proxy = g.kinesis
	}
	switch {
	case g.refused(w, actions):
		return
	case s == nil:
		proxy.ServeHTTP(w, r)
		return
	case s.how == passOn:
		proxy.ServeHTTP(httptest.NewRecorder(), r)
	}
	close(s.reached)
	<-s.released
	panic(http.ErrAbortHandler) // the connection is cut: there is no answer
}

// note counts the actions of a request and tells whether it is the one to be stopped.
func (g *gateway) note(actions []string) *stop {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, action := range actions {
		g.called[action]++
		if s := g.stop; s != nil && action == s.action && g.called[action] == s.nth {
			return s
		}
	}
	return nil
}

// refuse has requests refused from now on, until it is called with none.
func (g *gateway) refuse(f refusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refusal = f
}

// refused answers a request that is refused.
func (g *gateway) refused(w http.ResponseWriter, actions []string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refusal.code == "" || !g.refusal.refuses(actions, g.called) {
		return false
	}
	g.refusal.answer(w, actions)
	return true
}

// sdk is a configuration that goes to moto directly.
func (g *gateway) sdk() sdk.Config {
	return sdk.Config{
		Region: "us-east-1", BaseEndpoint: &g.moto, HTTPClient: httpclient.New(nil),
		Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
		Retryer:     func() sdk.Retryer { return sdk.NopRetryer{} },
	}
}
