package receiver

import (
	"net/http"
	"strings"
)

// Paths are receivers by the path, without its slash, at which each takes requests: the name of a delivery stream. It is
// safe for concurrent use while nobody changes it.
type Paths map[string]*Receiver

// ServeHTTP hands a request to the receiver at its path; where there is none it answers 404.
func (p Paths) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r := p[strings.TrimPrefix(req.URL.Path, "/")]
	if r == nil {
		http.NotFound(w, req)
		return
	}
	r.ServeHTTP(w, req)
}
