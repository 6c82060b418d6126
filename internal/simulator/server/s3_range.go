package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// byteRange reads a Range header over size bytes: from is in, to is not. A header that is not one range of bytes is passed
// over, as S3 does; one that begins behind the end cannot be satisfied.
func byteRange(header string, size int64) (from, to int64, part bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, size, false, nil
	}
	a, errA := offset(first)
	b, errB := offset(last)
	switch {
	case first == "" && errB == nil: // the last b bytes
		from, to = max(size-b, 0), size
		if b == 0 {
			from = size
		}
	case errA == nil && last == "":
		from, to = a, size
	case errA == nil && errB == nil && a <= b:
		from, to = a, min(b, size-1)+1
	default:
		return 0, size, false, nil
	}
	if from >= size {
		return 0, 0, false, &s3Error{http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable"}
	}
	return from, to, true, nil
}

// offset reads a place in a body, which has digits and no sign.
func offset(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

// precondition applies the conditions of a read (RFC 9110, 13.2.2): If-Match before If-Unmodified-Since, If-None-Match
// before If-Modified-Since.
func (req *s3Request) precondition(o objectstore.Info) error {
	failed := &s3Error{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}
	modified := o.Modified.Truncate(time.Second)
	if want := req.Header.Get("If-Match"); want != "" {
		if !matches(want, o.ETag) {
			return failed
		}
	} else if t, err := http.ParseTime(req.Header.Get("If-Unmodified-Since")); err == nil && modified.After(t) {
		return failed
	}
	unchanged := &s3Error{http.StatusNotModified, "NotModified", ""}
	if known := req.Header.Get("If-None-Match"); known != "" {
		if matches(known, o.ETag) {
			return unchanged
		}
	} else if t, err := http.ParseTime(req.Header.Get("If-Modified-Since")); err == nil && !modified.After(t) {
		return unchanged
	}
	return nil
}

// matches tells whether a list of ETags, or *, holds one.
func matches(list, etag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.Trim(strings.TrimPrefix(strings.TrimSpace(one), "W/"), `"`)
		if one == "*" || one == etag {
			return true
		}
	}
	return false
}
