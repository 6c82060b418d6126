package server

import (
	"net/http"
	"strings"
)

// A page of a browser may put records into Kinesis and Firehose from anywhere: they tell browsers so (kinesalite, index.js;
// its tests ran against AWS).

const (
	exposedHeaders = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"
	preflightAge   = "172800" // seconds
)

// allowOrigin lets a browser's page read an answer.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") == "" {
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", exposedHeaders)
}

// isPreflight tells whether a browser asks if a page may send what only AWS JSON has.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" &&
		strings.Contains(strings.ToLower(r.Header.Get("Access-Control-Request-Headers")), "x-amz-target")
}

// servePreflight answers that it may.
func servePreflight(w http.ResponseWriter, r *http.Request, _ *call) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	if method := r.Header.Get("Access-Control-Request-Method"); method != "" {
		h.Set("Access-Control-Allow-Methods", method)
	}
	h.Set("Access-Control-Max-Age", preflightAge)
	h.Set("Content-Length", "0")
	write(w, http.StatusOK, nil)
}
