package generators

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// text is a generator that renders a template.
type text struct {
	Config
	segments []segment
	key      *span    // of the partition key; nil with random keys
	names    []string // of people, as JSON text without quotes
	slugs    []string // the same as parts of an address
}

// segment is a literal and the placeholder after it; the last one may have none.
type segment struct {
	literal     string
	placeholder placeholder
}

// span is where in a rendered template the key's value is: within these literals, from byte to byte; quotes left out.
type span struct{ from, to spot }

// spot is a byte of a literal.
type spot struct{ segment, offset int }

func newText(c Config, tc TemplateConfig) (*text, error) {
	g := &text{Config: c}
	f := newFaker(c.Seed, "names")
	for range 1024 {
		name := f.Name()
		quoted := quote(name)
		g.names = append(g.names, quoted[1:len(quoted)-1])
		g.slugs = append(g.slugs, slug(name))
	}
	if err := g.compile(tc); err != nil {
		return nil, err
	}
	if c.Key != randomKey {
		if err := g.findKey(); err != nil {
			return nil, fmt.Errorf("%s: find partition key: %w", tc.Name, err)
		}
	}
	return g, nil
}

// compile cuts the template into segments.
func (g *text) compile(tc TemplateConfig) error {
	most := maxKey
	rest := string(tc.Data)
	for rest != "" {
		at := len(tc.Data) - len(rest)
		literal, after, found := strings.Cut(rest, "{{")
		s := segment{literal: literal}
		rest = after
		if found {
			inner, after, closed := strings.Cut(rest, "}}")
			if !closed {
				return tc.mistake(at+len(literal), "the placeholder is not closed by }}")
			}
			var err error
			if s.placeholder, err = parsePlaceholder(inner); err != nil {
				return tc.mistake(at+len(literal), "%w", err)
			}
			rest = after
		}
		if most += len(literal) + s.placeholder.most; int64(most) > g.MaxRecord {
			return tc.mistake(at, "records may get longer than %d bytes with their keys", g.MaxRecord)
		}
		g.segments = append(g.segments, s)
	}
	return nil
}

// findKey renders one record and finds the key's value in it: values differ from record to record, the structure does not.
func (g *text) findKey() error {
	l := g.Lane(0).(*textLane)
	l.render()
	dec := json.NewDecoder(bytes.NewReader(l.body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("what the template makes is no JSON object: %s", l.body[:min(len(l.body), 80)])
	}
	var names []string
	for dec.More() {
		name, err := dec.Token()
		var value json.RawMessage
		if err == nil {
			err = dec.Decode(&value)
		}
		if err != nil {
			return fmt.Errorf("what the template makes is no JSON: %w", err)
		}
		if name != g.Key {
			names = append(names, fmt.Sprint(name))
			continue
		}
		if _, err := keyOf(value); err != nil {
			return err
		}
		return g.setKey(l.starts, int(dec.InputOffset())-len(value), value)
	}
	return errNoMember(g.Key, names)
}

// setKey keeps where the key's value was found, in terms of the literals around it.
func (g *text) setKey(starts []int, at int, value []byte) error {
	end := at + len(value)
	if value[0] == '"' {
		at, end = at+1, end-1
	}
	var k span
	var ok1, ok2 bool
	for i := range g.segments { // from the outermost literals, in case what is between is empty here and not in other records
		if from, ok := g.locate(i, starts, at); ok && !ok1 {
			k.from, ok1 = from, true
		}
		if to, ok := g.locate(i, starts, end); ok {
			k.to, ok2 = to, true
		}
	}
	if !ok1 || !ok2 {
		return fmt.Errorf("the value of %q begins or ends within a placeholder", g.Key)
	}
	g.key = &k
	return nil
}

// locate finds an offset of the rendered record in the i-th literal, whose ends count.
func (g *text) locate(i int, starts []int, offset int) (spot, bool) {
	offset -= starts[i]
	return spot{i, offset}, 0 <= offset && offset <= len(g.segments[i].literal)
}

// errNoMember is the error for a partition key that a record does not have.
func errNoMember(member string, names []string) error {
	slices.Sort(names)
	return fmt.Errorf("the record has no member for the partition key: %w", unknown(member, append(names, randomKey)))
}

func (g *text) Kind() string      { return "template" }
func (g *text) Lanes() int        { return g.Config.Lanes }
func (g *text) Share(int) float64 { return 1 / float64(g.Config.Lanes) }
func (g *text) Keys() int         { return 0 }
func (g *text) Identified() bool  { return false }

func (g *text) Lane(lane int) Lane {
	return &textLane{
		text:   g,
		lane:   uint32(lane),
		seed:   derive(g.Seed, forTemplates, uint64(lane)),
		keys:   randomKeys{seed: derive(g.Seed, forKeys, uint64(lane))},
		starts: make([]int, len(g.segments)),
		stamp:  newStamp(g.Start),
	}
}

// textLane is one lane of rendered records.
type textLane struct {
	*text
	lane   uint32
	seed   uint64
	number uint64 // of the next record
	keys   randomKeys
	stamp  stamp
	due    time.Duration

	body   []byte // of the last Next
	starts []int  // of the segments in body
}

func (l *textLane) Next(due time.Duration, r *Record) {
	l.due = due
	l.render()
	r.Lane, r.Number, r.Due, r.Size = l.lane, l.number, due, int32(len(l.body))
	if l.key == nil {
		l.keys.put(l.number, r)
	} else {
		l.putKey(r)
	}
	l.number++
}

// render makes the next record: its size is known no earlier.
func (l *textLane) render() {
	random := random{state: nth(l.seed, l.number)}
	l.body = l.body[:0]
	for i := range l.segments {
		s := &l.segments[i]
		l.starts[i] = len(l.body)
		l.body = append(l.body, s.literal...)
		if s.placeholder.append != nil {
			l.body = s.placeholder.append(l.body, l, random.next())
		}
	}
}

func (l *textLane) putKey(r *Record) {
	value := l.body[l.starts[l.key.from.segment]+l.key.from.offset : l.starts[l.key.to.segment]+l.key.to.offset]
	if bytes.IndexByte(value, '\\') < 0 {
		b := l.keys.block.next(len(value))
		copy(b, value)
		r.Key = ownString(b)
	} else {
		r.Key = unescape(value)
	}
	r.Hash = hashKey([]byte(r.Key))
	r.KeyIndex = uint32(r.Hash[1])
}

// unescape reads JSON text without quotes; what is no such text stays as it is.
func unescape(value []byte) string {
	var s string
	if err := json.Unmarshal(slices.Concat([]byte(`"`), value, []byte(`"`)), &s); err != nil {
		return string(value)
	}
	return s
}

func (l *textLane) Append(dst []byte) []byte { return append(dst, l.body...) }

func (l *textLane) Seek(n uint64) { l.number = n }
