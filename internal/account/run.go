package account

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// The tags of everything that wavetank makes.
const (
	TagRun     = "wavetank:run"
	TagOwner   = "wavetank:owner"
	TagExpires = "wavetank:expires" // RFC 3339: from then on anybody's cleanup may delete it
)

// DefaultPrefix begins the name of everything that wavetank makes.
const DefaultPrefix = "wavetank-"

// Run is whose a resource is. It is plain data.
type Run struct {
	ID      string    `json:"id"`      // as NewRunID makes it
	Owner   string    `json:"owner"`   // who started it: shown to whoever cleans up; letters that tags do not bear become _
	Expires time.Time `json:"expires"` // until when nobody else's cleanup takes it; the zero value is never
	Prefix  string    `json:"prefix"`  // of names; "" is DefaultPrefix
}

// idTime is the beginning of a run's id: when it began, in UTC.
const idTime = "20060102t150405"

// NewRunID makes the id of a run that begins now: 20261124t101500-k3f9xq. It sorts by time and reads well in a console;
// its end is random, so that names made of it are nobody else's.
func NewRunID(now time.Time) string {
	return now.UTC().Format(idTime) + "-" + strings.ToLower(rand.Text()[:6])
}

// Began is when the run began, by its id. It is false for an id that NewRunID did not make.
func (r Run) Began() (time.Time, bool) {
	if len(r.ID) < len(idTime) {
		return time.Time{}, false
	}
	at, err := time.Parse(idTime, r.ID[:len(idTime)])
	return at, err == nil
}

// Check tells whether names and tags can be made of the run.
func (r Run) Check() error {
	switch {
	case !nameText.MatchString(r.ID) || len(r.ID) > 32:
		return fmt.Errorf("run id %q: want 1 to 32 lower-case letters, digits and hyphens, beginning and ending with a letter or digit", r.ID)
	case r.Prefix != "" && !prefixText.MatchString(r.Prefix) || len(r.Prefix) > 12:
		return fmt.Errorf("prefix %q: want at most 12 lower-case letters, digits and hyphens, beginning with a letter", r.Prefix)
	case len(r.stem()) > maxStem:
		return fmt.Errorf("prefix and run id %q: want at most %d characters together, so that names of AWS have room for the rest", r.stem(), maxStem)
	}
	return nil
}

// Tags are what the run's resources are tagged with.
func (r Run) Tags() map[string]string {
	tags := map[string]string{TagRun: r.ID, TagOwner: tagValue(r.Owner)}
	if !r.Expires.IsZero() {
		tags[TagExpires] = r.Expires.UTC().Format(time.RFC3339)
	}
	return tags
}

// runOf reads a run out of tags. An expiry that is not a time is none.
func runOf(tags map[string]string) Run {
	r := Run{ID: tags[TagRun], Owner: tags[TagOwner]}
	if at, err := time.Parse(time.RFC3339, tags[TagExpires]); err == nil {
		r.Expires = at
	}
	return r
}

// tagValue keeps to what every service takes in a tag, at most 256 characters. AWS, "Tag naming limits and requirements".
func tagValue(s string) string {
	if s == "" {
		return "unknown"
	}
	clean := strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune(" +-=._:/@", c):
			return c
		}
		return '_'
	}, s)
	return clean[:min(len(clean), 256)]
}
