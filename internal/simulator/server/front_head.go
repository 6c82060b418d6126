package server

import "bytes"

// frontLine is the first line of a request that the front answers.
const frontLine = "POST / HTTP/1.1\r\n"

// frontHead is what the front knows of a request by its header. The texts are pieces of it.
type frontHead struct {
	target, contentType, authorization []byte
	dated                              bool // there is an X-Amz-Date or a Date
	length                             int  // of the body
	seen                               frontFields
}

// frontFields are the fields that a header has.
type frontFields uint16

const (
	fieldHost frontFields = 1 << iota
	fieldLength
	fieldType
	fieldTarget
	fieldAuthorization
	fieldDate
	fieldAmzDate
	fieldConnection

	neededFields = fieldHost | fieldLength | fieldType | fieldTarget | fieldAuthorization
)

// parse reads a whole header, from the request line to the empty line. It is false where net/http might see anything else
// in it, or refuse it.
func (h *frontHead) parse(b []byte) bool {
	*h = frontHead{}
	b, ok := bytes.CutPrefix(b, []byte(frontLine))
	for ok && len(b) > 2 {
		end := bytes.IndexByte(b, '\r')
		if end < 0 || end+1 >= len(b) || b[end+1] != '\n' {
			return false
		}
		ok = h.line(b[:end])
		b = b[end+2:]
	}
	return ok && string(b) == "\r\n" && h.seen&neededFields == neededFields
}

// line reads one field: name, colon, value.
func (h *frontHead) line(b []byte) bool {
	var lower [32]byte
	colon := 0
	for ; colon < len(b) && b[colon] != ':'; colon++ {
		c := lowerToken[b[colon]]
		if c == 0 {
			return false
		}
		if colon < len(lower) {
			lower[colon] = c
		}
	}
	if colon == 0 || colon == len(b) {
		return false
	}
	value := bytes.Trim(b[colon+1:], " \t")
	for _, c := range value {
		if (c < ' ' || c > '~') && c != '\t' {
			return false
		}
	}
	return colon > len(lower) || h.field(lower[:colon], value)
}

// field notes a field by its name in lower case. It is false for those that change what a request means or how it is
// answered, and for a second one of its name.
func (h *frontHead) field(name, value []byte) bool {
	switch string(name) {
	case "host":
		return h.first(fieldHost) && isPlainHost(value)
	case "content-length":
		return h.first(fieldLength) && h.setLength(value)
	case "content-type":
		h.contentType = value
		return h.first(fieldType)
	case "x-amz-target":
		h.target = value
		return h.first(fieldTarget)
	case "authorization":
		h.authorization = value
		return h.first(fieldAuthorization)
	case "x-amz-date":
		h.dated = h.dated || len(value) > 0
		return h.first(fieldAmzDate)
	case "date":
		h.dated = h.dated || len(value) > 0
		return h.first(fieldDate)
	case "connection":
		return h.first(fieldConnection) && bytes.EqualFold(value, []byte("keep-alive"))
	case "transfer-encoding", "trailer", "expect", "upgrade", "http2-settings", "origin":
		return false
	}
	return true
}

// first is false where a field was there before.
func (h *frontHead) first(f frontFields) bool {
	had := h.seen&f != 0
	h.seen |= f
	return !had
}

// setLength reads Content-Length, of a body that is not longer than wavetank reads.
func (h *frontHead) setLength(value []byte) bool {
	if len(value) == 0 || len(value) > 8 {
		return false
	}
	for _, c := range value {
		if c < '0' || c > '9' {
			return false
		}
		h.length = 10*h.length + int(c-'0')
	}
	return h.length <= maxBody
}

// isPlainHost tells whether a Host is a name or an address, with or without a port.
func isPlainHost(value []byte) bool {
	for _, c := range value {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case c == '.', c == '-', c == '_', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return len(value) > 0
}

// lowerToken is, of each byte that may be in the name of a field (RFC 9110, section 5.6.2), its lower case, else 0.
var lowerToken = func() (t [256]byte) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
		t[c] = c
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = byte(c) + 'a' - 'A'
	}
	return t
}()
