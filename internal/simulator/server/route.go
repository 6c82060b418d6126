package server

import (
	"cmp"
	"net/http"
	"strings"
)

// handler answers a request of one service.
type handler func(w http.ResponseWriter, r *http.Request, c *call)

// The X-Amz-Target prefixes of the services that speak AWS JSON.
const (
	kinesisTarget  = "Kinesis_20131202."
	firehoseTarget = "Firehose_20150804."
)

// route finds who answers a request: AWS JSON by its target header, Lambda by its path, which begins with an API version
// (2015-03-31), STS by the scope of its signature, and S3 for the rest. The scope decides where a bucket is named like a version, too.
func (s *Server) route(r *http.Request, c *call) handler {
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(target, kinesisTarget):
		c.operation = target[len(kinesisTarget):]
		return s.json("kinesis", s.serveKinesis)
	case strings.HasPrefix(target, firehoseTarget):
		c.operation = target[len(firehoseTarget):]
		return s.json("firehose", s.serveFirehose)
	case target != "":
		return s.json(target, func(w http.ResponseWriter, r *http.Request, c *call) { c.format.writeError(w, early(w, r, c, target)) })
	case c.service != "s3" && isLambdaPath(r.URL.Path):
		return s.serveLambda
	case isPreflight(r):
		return servePreflight
	case c.service == "sts" && r.URL.Path == "/":
		return s.serveSTS
	case r.Method == http.MethodPost && r.URL.Path == "/":
		return func(w http.ResponseWriter, r *http.Request, c *call) {
			w.Header()["X-Amz-Id-2"] = []string{newHostID()}
			writeError(w, early(w, r, c, noService))
		}
	}
	return s.serveS3
}

// isLambdaPath tells whether a path begins with a version of the Lambda API, such as /2015-03-31/.
func isLambdaPath(path string) bool {
	const shape = "/0000-00-00/"
	if len(path) < len(shape) {
		return false
	}
	for i := range len(shape) {
		digit := path[i] >= '0' && path[i] <= '9'
		if shape[i] == '0' && !digit || shape[i] != '0' && path[i] != shape[i] {
			return false
		}
	}
	return true
}

// json checks what all AWS JSON services demand of a request before one of them sees it.
func (s *Server) json(service string, next handler) handler {
	return func(w http.ResponseWriter, r *http.Request, c *call) {
		w.Header()["X-Amz-Id-2"] = []string{newHostID()}
		allowOrigin(w, r)
		if e := checkProtocol(r, c, service); e != nil {
			c.format.writeError(w, e)
			return
		}
		if e := checkSignature(r, c); e != nil {
			if service != "firehose" { // AWS's order there was not seen
				e = cmp.Or(early(w, r, c, service), e)
			}
			c.format.writeError(w, e)
			return
		}
		next(w, r, c)
	}
}

// checkProtocol finds out a request's format. What has none that AWS takes is answered with XML (kinesalite).
func checkProtocol(r *http.Request, c *call, service string) *wireError {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.TrimSpace(kind)
	if r.Method != http.MethodPost {
		c.format = xmlFormat
		return &wireError{
			http.StatusForbidden, "AccessDeniedException",
			"Unable to determine service/operation name to be authorized",
		}
	}
	switch {
	case kind == cborType && service == "kinesis":
		c.format = cborFormat
		return nil
	case kind == jsonType, kind == "application/json", kind == "application/x-amz-json-1.0": // AWS takes the first alone
		return nil
	}
	c.format = xmlFormat
	return &wireError{
		http.StatusNotFound, "UnknownOperationException",
		"The content type " + kind + " of a " + service + " request is not " + jsonType + ".",
	}
}
