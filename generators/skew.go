package generators

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Skew is how load is spread over the entities of a generator: its users, sensors or accounts. The zero value is Uniform.
type Skew struct {
	kind     string  // "", zipf or hot
	exponent float64 // zipf
	share    float64 // hot
	keys     int     // hot
}

// Uniform gives every entity the same share.
func Uniform() Skew { return Skew{} }

// Zipf gives the entity of rank k (from 1) a share proportional to 1/k^exponent. The exponent is above 0 and at most 10.
func Zipf(exponent float64) Skew { return Skew{kind: "zipf", exponent: exponent} }

// Hot gives the first keys entities the share (above 0, at most 1) together, evenly, and the others the rest, evenly.
func Hot(share float64, keys int) Skew { return Skew{kind: "hot", share: share, keys: keys} }

// ParseSkew reads what String writes:
//
//	uniform        everyone the same
//	zipf(1.1)      the k-th a share proportional to 1/k^1.1
//	hot(0.6)       one key gets 60 % of the records in the long run
//	hot(0.6, 3)    three keys share 60 %
func ParseSkew(text string) (Skew, error) {
	name, rest, parens := strings.Cut(strings.TrimSpace(text), "(")
	var args []string
	if parens {
		inner, closed := strings.CutSuffix(rest, ")")
		if !closed {
			return Skew{}, fmt.Errorf("parse skew %q: no closing parenthesis", text)
		}
		args = strings.Split(inner, ",")
	}
	s, err := newSkew(strings.TrimSpace(name), args)
	if err == nil {
		err = s.validate()
	}
	if err != nil {
		return Skew{}, fmt.Errorf("parse skew %q: %w", text, err)
	}
	return s, nil
}

func newSkew(name string, args []string) (Skew, error) {
	switch {
	case name == "uniform" && len(args) == 0:
		return Uniform(), nil
	case name == "zipf" && len(args) == 1:
		v, err := strconv.ParseFloat(strings.TrimSpace(args[0]), 64)
		if err != nil {
			return Skew{}, fmt.Errorf("exponent %q is no number", args[0])
		}
		return Zipf(v), nil
	case name == "hot" && (len(args) == 1 || len(args) == 2):
		v, err := strconv.ParseFloat(strings.TrimSpace(args[0]), 64)
		if err != nil {
			return Skew{}, fmt.Errorf("share %q is no number", args[0])
		}
		keys := 1
		if len(args) == 2 {
			if keys, err = strconv.Atoi(strings.TrimSpace(args[1])); err != nil {
				return Skew{}, fmt.Errorf("number of keys %q is no whole number", args[1])
			}
		}
		return Hot(v, keys), nil
	}
	return Skew{}, errors.New("want uniform, zipf(exponent), hot(share) or hot(share, keys)")
}

// validate refuses what cannot be drawn. NaN fails every comparison below.
func (s Skew) validate() error {
	switch s.kind {
	case "zipf":
		if !(s.exponent > 0 && s.exponent <= 10) {
			return fmt.Errorf("exponent %v is outside 0 (excluded) to 10", s.exponent)
		}
	case "hot":
		if !(s.share > 0 && s.share <= 1) {
			return fmt.Errorf("share %v is outside 0 (excluded) to 1", s.share)
		}
		if s.keys < 1 {
			return fmt.Errorf("number of keys %d is less than 1", s.keys)
		}
	}
	return nil
}

// String writes the skew as ParseSkew reads it.
func (s Skew) String() string {
	switch {
	case s.kind == "zipf":
		return "zipf(" + strconv.FormatFloat(s.exponent, 'g', -1, 64) + ")"
	case s.kind == "hot" && s.keys == 1:
		return "hot(" + strconv.FormatFloat(s.share, 'g', -1, 64) + ")"
	case s.kind == "hot":
		return "hot(" + strconv.FormatFloat(s.share, 'g', -1, 64) + ", " + strconv.Itoa(s.keys) + ")"
	}
	return "uniform"
}

// MarshalText writes the skew as ParseSkew reads it.
func (s Skew) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSkew.
func (s *Skew) UnmarshalText(text []byte) error {
	parsed, err := ParseSkew(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// weights gives each of n entities its share of the load; they sum to 1.
func (s Skew) weights(n int) ([]float64, error) {
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("skew %v: %w", s, err)
	}
	w := make([]float64, n)
	switch s.kind {
	case "zipf":
		for i := range w {
			w[i] = math.Pow(float64(i+1), -s.exponent)
		}
	case "hot":
		if s.keys > n || s.keys == n && s.share < 1 {
			return nil, fmt.Errorf("skew %v: there are only %d keys, none would be left for the other %v", s, n, 1-s.share)
		}
		for i := range w {
			if i < s.keys {
				w[i] = s.share / float64(s.keys)
			} else {
				w[i] = (1 - s.share) / float64(n-s.keys)
			}
		}
	default:
		for i := range w {
			w[i] = 1
		}
	}
	sum := 0.0
	for i := len(w) - 1; i >= 0; i-- { // the small ones first
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w, nil
}
