package tanktest

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// wire is how clients reach a tank. It is the HTTP client of the SDK's.
type wire struct {
	client    *httpclient.Client
	listener  *server.Listener
	url       string
	transport *http.Transport

	mu   sync.Mutex
	open map[*subscription]bool
}

func newWire(l *server.Listener, url string, dial func(ctx context.Context, network, addr string) (net.Conn, error)) *wire {
	w := &wire{listener: l, url: url, open: map[*subscription]bool{}, transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			pprof.SetGoroutineLabels(context.Background()) // on net/http's own goroutine: those of its connection are no leak of the test's
			return dial(ctx, network, addr)
		},
		MaxIdleConnsPerHost: 64, // a test's workers each keep theirs, until the tank is closed
	}}
	w.client = httpclient.New(w.transport)
	return w
}

// Do sends a request. Of a subscription it keeps where the test opened it, until that is closed or over.
func (w *wire) Do(r *http.Request) (*http.Response, error) {
	answer, err := w.client.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SubscribeToShard") {
		return answer, err
	}
	place, _ := r.Context().Value(placeKey{}).(string)
	s := &subscription{ReadCloser: answer.Body, wire: w, place: place}
	w.mu.Lock()
	w.open[s] = true
	w.mu.Unlock()
	answer.Body = s
	return answer, nil
}

// placeKey is of the place in the test that called a client, in a request's context.
type placeKey struct{}

// remember has a client's calls know where they were made: on the goroutine of the caller, before others take over.
func remember(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("tanktest.remember", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		if middleware.GetOperationName(ctx) == "SubscribeToShard" {
			ctx = context.WithValue(ctx, placeKey{}, caller())
		}
		return next.HandleInitialize(ctx, in)
	}), middleware.After)
}

// subscription is the body of an answer that goes on.
type subscription struct {
	io.ReadCloser
	wire  *wire
	place string
}

func (s *subscription) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	if err != nil {
		s.over()
	}
	return n, err
}

func (s *subscription) Close() error {
	s.over()
	return s.ReadCloser.Close()
}

func (s *subscription) over() {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	delete(s.wire.open, s)
}

// unread fails the test for each subscription that is still open.
func (w *wire) unread(t testing.TB) {
	if w == nil {
		return
	}
	settles(w.closed) // the test's context has just ended
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.open {
		t.Errorf("the subscription that was opened at %s is still open when the test ends: close its event stream", s.place)
	}
}

// closed tells whether no subscription is open.
func (w *wire) closed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open) == 0
}

// close ends the clients' idle connections and then the server. A nil wire has none.
func (w *wire) close(t testing.TB) {
	if w == nil {
		return
	}
	w.transport.CloseIdleConnections()
	if err := w.listener.Close(); err != nil {
		t.Errorf("tanktest: requests were still on their way when the test ended: wait for the code under test to return (%v)", err)
	}
}

// reach is the tank's wire, where it has one.
func (k *Tank) reach(method string) *wire {
	k.t.Helper()
	if k.wire == nil {
		k.t.Fatalf("tanktest: %s: in virtual time there is no network: the SDK's timers and goroutines would not follow it. Start the tank with "+
			"Bubble() inside synctest.Test, or on the wall", method)
	}
	return k.wire
}

// Config is the configuration of AWS SDK clients of this tank: kinesis.NewFromConfig(tank.Config()). A client of S3 needs
// UsePathStyle or not, as it likes.
func (k *Tank) Config() aws.Config {
	k.t.Helper()
	w := k.reach("Config")
	return aws.Config{
		Region:       Region,
		BaseEndpoint: aws.String(w.url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: Account, SecretAccessKey: "tank", Source: "tanktest"}, nil
		}),
		HTTPClient: w,
		APIOptions: []func(*middleware.Stack) error{remember},
	}
}

// HTTPClient is Config's HTTP client for what takes no other than an *http.Client: aws-sdk-go's first version, with [Tank.URL]
// as its endpoint, in a bubble http://localhost.
func (k *Tank) HTTPClient() *http.Client {
	k.t.Helper()
	w := k.reach("HTTPClient")
	return &http.Client{Transport: roundTripper(w.Do)}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// URL is the endpoint of the tank, for clients in other processes and languages: AWS_ENDPOINT_URL. In a bubble there is no
// way to it but [Tank.Config], whose HTTP client aws-sdk-go-v2 needs on the wall as well: with another one smithy-go may end a connection
// beneath an answer that comes as quickly as a tank's, and puts again what was stored.
func (k *Tank) URL() string {
	k.t.Helper()
	w := k.reach("URL")
	if _, ok := k.time.(*bubble); ok {
		k.t.Fatalf("tanktest: URL: a bubble's network is memory, to which no address leads: its clients are those of Config()")
	}
	return w.url
}
