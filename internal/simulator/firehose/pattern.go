package firehose

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// field is one piece of a date pattern: a letter and how often it stood there, or literal text.
type field struct {
	letter  byte
	count   int
	literal string
}

// counts are the pattern letters of java.time.format.DateTimeFormatter that are emulated, and how often each may stand:
// year (y, u), month, day of the month, day of the year, hour of the day, clock hour of the half day, minute, second and
// fraction of the second. Names of months and days, eras, weeks and zones are not there.
var counts = map[byte]string{'y': "124", 'u': "124", 'M': "12", 'd': "12", 'D': "13", 'H': "12", 'h': "12", 'm': "12", 's': "12", 'S': "123456789"}

// parsePattern compiles a date pattern: runs of letters as in counts, text in single quotes as it stands (two single
// quotes are one), and everything else that is neither a letter nor reserved as it stands.
func parsePattern(text string) ([]field, error) {
	fields := []field{}
	literal := func(s string) {
		if n := len(fields); n > 0 && fields[n-1].letter == 0 {
			fields[n-1].literal += s
			return
		}
		fields = append(fields, field{literal: s})
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\'':
			quoted, n, ok := unquote(text[i:])
			if !ok {
				return nil, errorf(codeInvalidArgument, "Timestamp pattern %q: a quote is not closed", text)
			}
			literal(quoted)
			i += n
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := run(text[i:])
			if n > 9 || !strings.Contains(counts[c], strconv.Itoa(n)) {
				return nil, notEmulated("the timestamp pattern " + text[i:i+n] + " in a prefix (emulated: yyyy yy MM M dd d DDD D HH H hh h mm m ss s S…)")
			}
			fields = append(fields, field{letter: c, count: n})
			i += n
		case strings.IndexByte("[]{}#", c) >= 0:
			return nil, errorf(codeInvalidArgument, "Timestamp pattern %q: %q is reserved", text, c)
		default:
			literal(text[i : i+1])
			i++
		}
	}
	return fields, nil
}

// run is how often the first letter stands.
func run(text string) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

// unquote reads quoted text from its opening quote on and tells how long it is with its quotes.
func unquote(text string) (quoted string, n int, ok bool) {
	if strings.HasPrefix(text, "''") {
		return "'", 2, true
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

// appendTo appends the field's value at an instant in UTC.
func (f field) appendTo(dst []byte, at time.Time) []byte {
	switch f.letter {
	case 0:
		return append(dst, f.literal...)
	case 'y', 'u':
		if f.count == 2 {
			return pad(dst, at.Year()%100, 2)
		}
		return pad(dst, at.Year(), f.count)
	case 'M':
		return pad(dst, int(at.Month()), f.count)
	case 'd':
		return pad(dst, at.Day(), f.count)
	case 'D':
		return pad(dst, at.YearDay(), f.count)
	case 'H':
		return pad(dst, at.Hour(), f.count)
	case 'h':
		return pad(dst, (at.Hour()+11)%12+1, f.count)
	case 'm':
		return pad(dst, at.Minute(), f.count)
	case 's':
		return pad(dst, at.Second(), f.count)
	default: // S: the fraction's first digits
		n := len(dst)
		return pad(dst, at.Nanosecond(), 9)[:n+f.count]
	}
}

// pad appends a number with at least width digits.
func pad(dst []byte, n, width int) []byte { return fmt.Appendf(dst, "%0*d", width, n) }
