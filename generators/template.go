package generators

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// TemplateConfig is the user's own records: a file of lines, or a template that every record is rendered from. Payloads are
// left untouched: they carry no identity, are never re-encoded and never padded.
//
// Lines are JSON Lines (a name ending in .jsonl or .ndjson). They are replayed in order, from the beginning again after
// the last; the line's end is not part of the payload, and empty lines are left out. With the key "random" lines go round
// robin over lanes. With a member as key, keys do, in the order they first appear, so that all lines of one key stay in one
// lane and in order.
//
// Anything else is a template: text with placeholders, all of it payload, a newline at its end too. Each lane has an even
// share, so a key may occur in several lanes. Arguments of placeholders are separated by spaces; one with spaces in it is
// quoted.
//
//	{{seq}}             a number that no other record has: number·lanes + lane
//	{{uuid}}            a random UUID
//	{{int 1 100}}       a whole number from 1 to 100
//	{{float 0 1}}       a number from 0 to 1, with three decimals
//	{{pick a b "c d"}}  one of these, as it stands
//	{{now}}             when the record is due: 2006-01-02T15:04:05.000Z
//	{{unixMillis}}      the same in milliseconds since 1970
//	{{name}}            a person's name, as JSON text without quotes
//	{{email}}           an address at example.com
//	{{ip}}              an IPv4 address
//
// Partition keys: random (default; 16 hex digits, another one for each record), or the name of a top-level member whose
// values are strings (then the key is the string) or numbers (then it is the number as written).
type TemplateConfig struct {
	Name string // of the file: for error messages, and its extension tells lines from a template
	Data []byte // its content; not modified, and not to be modified later
}

// randomKey is the key of records that have none.
const randomKey = "random"

// Limits of what Kinesis takes: API reference, PutRecord.
const (
	maxKey    = 256      // characters of a partition key
	maxRecord = 1 << 20  // bytes of a record, partition key included, that a stream takes by default
	mostBytes = 10 << 20 // bytes of a record that a stream takes at most: UpdateMaxRecordSize
)

// NewTemplate makes a generator of the user's own records. Errors begin with the file's name, line and column (in bytes,
// both from 1).
func NewTemplate(c Config, tc TemplateConfig) (Generator, error) {
	c, err := c.resolve()
	if err != nil {
		return nil, fmt.Errorf("make template: %w", err)
	}
	if c.Key == "" {
		c.Key = randomKey
	}
	if tc.Name == "" {
		tc.Name = "template"
	}
	if len(bytes.TrimSpace(tc.Data)) == 0 {
		return nil, fmt.Errorf("%s:1:1: the file is empty", tc.Name)
	}
	var g Generator
	switch strings.ToLower(path.Ext(tc.Name)) {
	case ".jsonl", ".ndjson":
		g, err = newLines(c, tc)
	default:
		g, err = newText(c, tc)
	}
	if err != nil {
		return nil, err // it begins with the file's name and the place
	}
	return g, nil
}

// mistake is an error at an offset of the user's file.
func (tc *TemplateConfig) mistake(offset int, format string, args ...any) error {
	before := tc.Data[:min(max(offset, 0), len(tc.Data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%s:%d:%d: %w", tc.Name, line, column, fmt.Errorf(format, args...))
}

// checkKey refuses what Kinesis does not take as a partition key.
func checkKey(key string) error {
	switch n := utf8.RuneCountInString(key); {
	case n == 0:
		return errors.New("the partition key is empty")
	case n > maxKey:
		return fmt.Errorf("the partition key has %d characters, more than %d", n, maxKey)
	}
	return nil
}

// randomKeys makes the keys of records that have none.
type randomKeys struct {
	seed  uint64
	block keyBlock
}

func (k *randomKeys) put(number uint64, r *Record) {
	b := k.block.next(16)
	putHex16(b, nth(k.seed, number))
	r.Key, r.Hash = ownString(b), hashKey(b)
	r.KeyIndex = uint32(r.Hash[1])
}
