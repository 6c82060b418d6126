package account

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

var (
	nameText   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	prefixText = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// logPrefix is where Lambda writes a function's logs.
const logPrefix = "/aws/lambda/"

// maxStem is how long prefix and run id may be: the shortest names, a bucket's, have 63 characters.
const maxStem = 40

// digest is how many hexadecimal digits tell names apart that had to be changed.
const digest = 6

// longest is how long a name of a kind may be. AWS: CreateStream, CreateFunction, CreateDeliveryStream, "Bucket naming
// rules", CreateRole.
var longest = map[Kind]int{Stream: 128, Function: 64, DeliveryStream: 64, Bucket: 63, Role: 64, LogGroup: len(logPrefix) + 64}

// stem begins the names of the run: prefix, id and a hyphen.
func (r Run) stem() string { return cmp.Or(r.Prefix, DefaultPrefix) + r.ID + "-" }

// Name is what the run calls a resource: prefix, run id and base, such as wavetank-20261124t101500-k3f9xq-clicks. Where
// AWS does not take the base as it is, or it is too long, it is changed and ends in a digest of the base, so that two
// bases never share a name. A log group is that of the function called base. Mappings have no name: see MappingName.
func (r Run) Name(kind Kind, base string) string {
	if kind == LogGroup {
		return logPrefix + r.Name(Function, base)
	}
	room := longest[kind] - len(r.stem())
	clean := strings.Map(func(c rune) rune { return allowed(kind, c) }, base)
	clean = strings.Trim(clean, "-._")
	if clean == base && clean != "" && len(clean) <= room {
		return r.stem() + clean
	}
	sum := sha256.Sum256([]byte(base))
	end := hex.EncodeToString(sum[:])[:digest]
	if clean == "" {
		return r.stem() + end
	}
	clean = strings.TrimRight(clean[:min(len(clean), room-digest-1)], "-._")
	return r.stem() + clean + "-" + end
}

// allowed is what becomes of a letter in a name of a kind. Dots are legal in a bucket's name and break its TLS.
func allowed(kind Kind, c rune) rune {
	if kind == Bucket && 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
		return c
	case kind != Bucket && ('A' <= c && c <= 'Z' || c == '_'):
		return c
	case kind != Bucket && kind != Function && c == '.':
		return c
	}
	return '-'
}

// named tells whether a resource's name is one that the run would give.
func (r Run) named(x Resource) bool {
	return r.ID != "" && strings.HasPrefix(bare(x), r.stem())
}

// bare is the part of a name that begins with the prefix: a log group's and a mapping's is the function's.
func bare(x Resource) string {
	if x.Kind == LogGroup {
		return strings.TrimPrefix(x.Name, logPrefix)
	}
	return x.Name
}
