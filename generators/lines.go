package generators

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// lines is a generator that replays the lines of a file.
type lines struct {
	Config
	keys  []entity // distinct, in the order they first appear; nil with random keys
	lanes [][]ownLine
	total int
}

// ownLine is a line of the user's and its key.
type ownLine struct {
	text []byte
	key  uint32 // index
}

func newLines(c Config, tc TemplateConfig) (*lines, error) {
	g := &lines{Config: c, lanes: make([][]ownLine, c.Lanes)}
	known := make(map[string]uint32)
	rest, offset := tc.Data, 0
	for len(rest) > 0 {
		text, after, _ := bytes.Cut(rest, []byte("\n"))
		start := offset
		offset += len(rest) - len(after)
		rest = after
		text = bytes.TrimSuffix(text, []byte("\r"))
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		key, err := lineKey(text, c.Key)
		if err != nil {
			return nil, tc.mistake(start+errorOffset(err), "%w", err)
		}
		if int64(len(text)+len(key)) > c.MaxRecord {
			return nil, tc.mistake(start, "the record has %d bytes with its key, more than %d", len(text)+len(key), c.MaxRecord)
		}
		g.add(ownLine{text: text}, key, known)
	}
	return g, nil
}

// add deals a line to its lane.
func (g *lines) add(line ownLine, key string, known map[string]uint32) {
	lane := g.total % g.Config.Lanes
	g.total++
	if g.Key != randomKey {
		index, ok := known[key]
		if !ok {
			index = uint32(len(known))
			known[key] = index
			g.keys = append(g.keys, entity{key: key, hash: hashKey([]byte(key))})
		}
		line.key = index
		lane = int(index) % g.Config.Lanes
	}
	g.lanes[lane] = append(g.lanes[lane], line)
}

// lineKey checks a line and finds its partition key.
func lineKey(text []byte, member string) (string, error) {
	if member == randomKey {
		var whole json.RawMessage
		return "", json.Unmarshal(text, &whole)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); errors.As(err, new(*json.UnmarshalTypeError)) {
		return "", errors.New("the line is no JSON object, so that it has no member for the partition key")
	} else if err != nil {
		return "", err
	}
	value, ok := members[member]
	if !ok {
		names := make([]string, 0, len(members))
		for name := range members {
			names = append(names, name)
		}
		return "", errNoMember(member, names)
	}
	return keyOf(value)
}

// keyOf is the partition key that a JSON value gives.
func keyOf(value []byte) (string, error) {
	var key string
	switch c := value[0]; {
	case c == '"':
		if err := json.Unmarshal(value, &key); err != nil {
			return "", err
		}
	case c == '-' || '0' <= c && c <= '9':
		key = string(value)
	default:
		return "", errors.New("the partition key is neither a string nor a number")
	}
	return strings.Clone(key), checkKey(key)
}

// errorOffset is where in the text a JSON error is, from 0; 0 where it does not say.
func errorOffset(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return max(int(syntax.Offset)-1, 0)
	}
	return 0
}

func (g *lines) Kind() string           { return "template" }
func (g *lines) Lanes() int             { return g.Config.Lanes }
func (g *lines) Share(lane int) float64 { return float64(len(g.lanes[lane])) / float64(g.total) }
func (g *lines) Keys() int              { return len(g.keys) }
func (g *lines) Identified() bool       { return false }

func (g *lines) Lane(lane int) Lane {
	return &lineLane{
		lane:  uint32(lane),
		lines: g.lanes[lane],
		known: g.keys,
		keys:  randomKeys{seed: derive(g.Seed, forKeys, uint64(lane))},
	}
}

// lineLane is one lane's lines, over and over.
type lineLane struct {
	lane   uint32
	number uint64 // of the next record
	next   int    // of lines: number modulo their count
	lines  []ownLine
	known  []entity
	keys   randomKeys
	text   []byte // of the last Next
}

func (l *lineLane) Next(due time.Duration, r *Record) {
	line := &l.lines[l.next]
	l.text = line.text
	r.Lane, r.Number, r.Due, r.Size = l.lane, l.number, due, int32(len(line.text))
	if l.known == nil {
		l.keys.put(l.number, r)
	} else {
		k := &l.known[line.key]
		r.Key, r.Hash, r.KeyIndex = k.key, k.hash, line.key
	}
	l.number++
	if l.next++; l.next == len(l.lines) {
		l.next = 0
	}
}

func (l *lineLane) Append(dst []byte) []byte { return append(dst, l.text...) }

func (l *lineLane) Seek(n uint64) {
	l.number = n
	l.next = int(n % uint64(len(l.lines)))
}
