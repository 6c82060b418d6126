package server

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks over a JSON text. After the first error it does nothing more.
type scanner struct {
	body []byte
	pos  int
	err  error
}

// fail notes the first error; message is AWS's, empty for a text that is no JSON.
func (s *scanner) fail(message string) {
	if s.err == nil {
		s.err = badBody(message)
	}
	s.pos = len(s.body)
}

// peek passes white space and is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.body) {
		switch c := s.body[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// eat takes the next byte if it is c.
func (s *scanner) eat(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// end demands that nothing follows.
func (s *scanner) end() {
	if s.peek() != 0 || s.pos != len(s.body) {
		s.fail("")
	}
}

// literal takes a word such as null.
func (s *scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.body[s.pos:], []byte(word)) {
		s.fail("")
		return false
	}
	s.pos += len(word)
	return true
}

// wrong fails because the value that comes is not of the kind that is wanted.
func (s *scanner) wrong(want string) {
	kind := jsontext.Kind(s.peek())
	switch {
	case kind == '-' || kind >= '0' && kind <= '9':
		kind = '0'
	case kind != '"' && kind != 't' && kind != 'f' && kind != '[' && kind != '{':
		s.fail("")
		return
	}
	s.fail(wrongKind(kind, want))
}

// object walks over an object's members; member must take the value. It is false for null.
func (s *scanner) object(want string, member func(name []byte)) bool {
	switch s.peek() {
	case 'n':
		s.literal("null")
		return false
	case '{':
		s.pos++
	default:
		s.wrong(want)
		return false
	}
	for first := true; s.err == nil && !s.eat('}'); first = false {
		if !first && !s.eat(',') || s.peek() != '"' {
			s.fail("")
			return false
		}
		name := s.string().bytes(s)
		if !s.eat(':') {
			s.fail("")
			return false
		}
		if s.err == nil {
			member(name)
		}
	}
	return s.err == nil
}

// list walks over a list's elements; element must take each. It is false for null.
func (s *scanner) list(element func()) bool {
	switch s.peek() {
	case 'n':
		s.literal("null")
		return false
	case '[':
		s.pos++
	default:
		s.wrong("List")
		return false
	}
	for first := true; s.err == nil && !s.eat(']'); first = false {
		if !first && !s.eat(',') {
			s.fail("")
			return false
		}
		element()
	}
	return s.err == nil
}

// bool takes true, false, a text that says so, or null.
func (s *scanner) bool() *bool {
	switch s.peek() {
	case 'n':
		s.literal("null")
	case 't':
		if s.literal("true") {
			return new(true)
		}
	case 'f':
		if s.literal("false") {
			return new(false)
		}
	case '"':
		word := s.string()
		if v, err := truth(string(word.bytes(s))); s.err == nil {
			s.err = err
			return &v
		}
	default:
		s.wrong("Boolean")
	}
	return nil
}

// skip takes any value.
func (s *scanner) skip() {
	d := jsontext.NewDecoder(bytes.NewBuffer(s.body[s.pos:]), jsontext.AllowDuplicateNames(true))
	if err := d.SkipValue(); err != nil {
		s.fail("")
		return
	}
	s.pos += int(d.InputOffset())
}

// scannedText is where a text is in the body. The zero value is absent.
type scannedText struct {
	from, to int // between the quotes
	there    bool
	escaped  bool // it holds a backslash
	size     int  // bytes once unescaped; set by append
}

// string takes a text or null, and checks it.
func (s *scanner) string() scannedText {
	t := s.raw("String")
	if !t.there {
		return t
	}
	ascii := true
	for _, c := range s.body[t.from:t.to] {
		if c < ' ' {
			s.fail("")
			return scannedText{}
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if !ascii && !utf8.Valid(s.body[t.from:t.to]) {
		s.fail("")
	}
	if t.escaped {
		if _, err := jsontext.AppendUnquote(nil, s.body[t.from-1:t.to+1]); err != nil {
			s.fail("")
		}
	}
	return t
}

// raw takes a text or null. Only its end is looked for: the caller checks what is in it.
func (s *scanner) raw(want string) scannedText {
	switch s.peek() {
	case 'n':
		s.literal("null")
		return scannedText{}
	case '"':
	default:
		s.wrong(want)
		return scannedText{}
	}
	t := scannedText{from: s.pos + 1, there: true}
	for at := t.from; ; {
		n := bytes.IndexByte(s.body[at:], '"')
		if n < 0 {
			s.fail("")
			return scannedText{}
		}
		end := at + n
		back := bytes.IndexByte(s.body[at:end], '\\')
		if back < 0 {
			t.to, s.pos = end, end+1
			return t
		}
		t.escaped = true
		at += back + 2 // past the backslash and what it escapes
		if at > len(s.body) {
			s.fail("")
			return scannedText{}
		}
	}
}

// bytes is the text, unescaped; it may be a piece of the body.
func (t scannedText) bytes(s *scanner) []byte {
	if !t.there || s.err != nil {
		return nil
	}
	if !t.escaped {
		return s.body[t.from:t.to]
	}
	b, err := jsontext.AppendUnquote(nil, s.body[t.from-1:t.to+1])
	if err != nil {
		s.fail("")
	}
	return b
}

// pointer is the text as a string of its own, nil where absent.
func (t scannedText) pointer(s *scanner) *string {
	if !t.there || s.err != nil {
		return nil
	}
	return new(string(t.bytes(s)))
}

// append appends the text and notes its size.
func (t *scannedText) append(dst []byte, s *scanner) []byte {
	if !t.there {
		return dst
	}
	n := len(dst)
	dst = append(dst, t.bytes(s)...)
	t.size = len(dst) - n
	return dst
}

// cut takes the text off the front of what append made, into v; the pointer is nil where the text is absent.
func (t *scannedText) cut(all string, v *string) (rest string, p *string) {
	if !t.there {
		return all, nil
	}
	*v = all[:t.size]
	return all[t.size:], v
}
