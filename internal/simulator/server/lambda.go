package server

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// lambdaVersion is the version of the Lambda API that is served, as the path begins.
const lambdaVersion = "/2015-03-31/"

// lambdaRoute is one operation of Lambda's REST API.
type lambdaRoute struct {
	name   string
	method string
	path   string // below the version; * is a name, an ARN or a UUID
	status int    // of a success
	do     func(s *lambda.Service, in *lambdaRequest) (any, error)
}

// lambdaRequest is what a request says: name is the * of its path.
type lambdaRequest struct {
	name  string
	query url.Values
	body  []byte
}

// serveLambda answers an operation of Lambda.
func (s *Server) serveLambda(w http.ResponseWriter, r *http.Request, c *call) {
	if c.service == "" {
		writeLambdaError(w, &wireError{http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token"})
		return
	}
	route, name := findLambdaRoute(r)
	if route == nil {
		writeLambdaError(w, unknownOperation("lambda", r.Method+" "+r.URL.Path))
		return
	}
	c.operation = route.name
	if route.do == nil {
		writeLambdaError(w, unknownOperation("lambda", route.name))
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	err := s.doLambda(w, r, c, b, route, name)
	s.leave(r, c)
	if err != nil {
		writeLambdaError(w, err)
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	if route.status != http.StatusNoContent {
		h["Content-Length"] = []string{strconv.Itoa(len(b.out))}
	}
	write(w, route.status, b.out)
}

// doLambda reads the request, lets the fault hook see it, does the operation and encodes its answer into the buffer.
func (s *Server) doLambda(w http.ResponseWriter, r *http.Request, c *call, b *buffer, route *lambdaRoute, name string) error {
	body, err := b.read(w, r)
	if err != nil {
		return err
	}
	if e := s.enter(r, c, fault.Request{Service: "lambda", Resource: name}); e != nil {
		return e
	}
	out, err := route.do(c.world.Lambda, &lambdaRequest{name: name, query: r.URL.Query(), body: body})
	if err != nil {
		return err
	}
	b.out, err = encode(b.out[:0], out)
	return err
}

// findLambdaRoute finds the operation of a request. A slash at the end of a path is nothing: SDKs differ in it.
func findLambdaRoute(r *http.Request) (route *lambdaRoute, name string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), lambdaVersion)
	if !ok {
		return nil, ""
	}
	path = strings.TrimSuffix(path, "/")
	for i := range lambdaRoutes {
		l := &lambdaRoutes[i]
		if l.method != r.Method {
			continue
		}
		before, after, starred := strings.Cut(l.path, "*")
		if !starred && path == l.path {
			return l, ""
		}
		middle, ok := strings.CutPrefix(path, before)
		if !starred || !ok {
			continue
		}
		middle, ok = strings.CutSuffix(middle, after)
		if !ok || middle == "" || strings.Contains(middle, "/") {
			continue
		}
		if name, err := url.PathUnescape(middle); err == nil {
			return l, name
		}
	}
	return nil, ""
}

// asLambdaWire makes any error of the service one of the wire.
func asLambdaWire(err error) *wireError {
	e := (*lambda.Error)(nil)
	if !errors.As(err, &e) {
		return asWire(err)
	}
	status := http.StatusBadRequest
	switch e.Code {
	case lambda.CodeNotFound:
		status = http.StatusNotFound
	case lambda.CodeConflict:
		status = http.StatusConflict
	}
	return &wireError{status, e.Code, e.Message}
}

// writeLambdaError answers in Lambda's error shape: Type says who is to blame, the code is in a header. Some errors of the
// service model spell their message with a capital and some do not.
func writeLambdaError(w http.ResponseWriter, err error) {
	e := asLambdaWire(err)
	var body struct {
		Type    string
		Message string `json:",omitempty"`
		Lower   string `json:"message,omitempty"`
	}
	body.Type = "User"
	if e.status >= http.StatusInternalServerError {
		body.Type = "Service"
	}
	switch e.code {
	case lambda.CodeInvalidParameter, lambda.CodeConflict, "TooManyRequestsException", "RequestTooLargeException":
		body.Lower = e.message
	default:
		body.Message = e.message
	}
	out, err := encode(nil, body)
	if err != nil {
		out = []byte(`{"Type":"Service"}`) // the message is not UTF-8
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(out))}
	h["X-Amzn-Errortype"] = []string{e.code}
	write(w, e.status, out)
}
