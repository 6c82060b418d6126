package measure

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The kinds of lines of a run file, and their shapes. docs/design/006-run-file.md describes them for other readers.
const (
	kindHeader  = "header"
	kindSeries  = "series"
	kindCounter = "counter"
	kindWindow  = "window"
	kindEnd     = "end"

	windowPrefix = `{"type":"window",`
)

type headerLine struct {
	Type string `json:"type"`
	Header
}

type seriesLine struct {
	Type string     `json:"type"`
	ID   int        `json:"id"`
	Name string     `json:"name"`
	Tags Tags       `json:"tags,omitzero"`
	Unit string     `json:"unit"`
	Of   CounterRef `json:"of,omitzero"`
}

type counterLine struct {
	Type string `json:"type"`
	ID   int    `json:"id"`
	Name string `json:"name"`
	Tags Tags   `json:"tags,omitzero"`
}

type endLine struct {
	Type string `json:"type"`
	End
}

// windowLine is how a window is read. It is written by appendDelta and its neighbours, which allocate nothing.
type windowLine struct {
	Type     string      `json:"type"`
	At       float64     `json:"at"` // seconds since the start of the load
	Series   []deltaLine `json:"series"`
	Counters [][3]int64  `json:"counters"` // id, due second, count
}

type deltaLine struct {
	ID    int            `json:"id"`
	Due   int            `json:"due"` // second
	Units int64          `json:"units"`
	Again int64          `json:"again"`
	Count int64          `json:"count"`
	Min   int64          `json:"min"`
	Max   int64          `json:"max"`
	Sum   jsontext.Value `json:"sum"` // up to 128 bits
	Under int64          `json:"under"`
	Over  int64          `json:"over"`
	Hist  []byte         `json:"hist"` // packed, in base64
}

// A file's due seconds are bounded, so that nobody's file makes a scan over them endless: a day before the load, which
// nothing of ours is, to 366 days after.
const (
	earliestSecond = -24 * 60 * 60
	latestSecond   = int(Top / second)
)

var errSecond = errors.New("a second out of range")

// check turns a line's delta into e, or says what is wrong with it.
func (l *deltaLine) check(series int, e *delta) error {
	if l.ID < 0 || l.ID >= series {
		return fmt.Errorf("series %d was not declared", l.ID)
	}
	span, err := scan(l.Hist)
	if err != nil {
		return fmt.Errorf("series %d, second %d: %w", l.ID, l.Due, err)
	}
	total, err := parseSum(l.Sum)
	if err != nil {
		return fmt.Errorf("series %d, second %d: sum: %w", l.ID, l.Due, err)
	}
	*e = delta{
		due: l.Due, units: l.Units, again: l.Again, under: l.Under, over: l.Over,
		min: l.Min, max: l.Max, sum: total, packed: l.Hist, span: span,
	}
	switch {
	case l.Due < earliestSecond || l.Due > latestSecond:
		err = errSecond
	case min(l.Units, l.Again, l.Under, l.Over) < 0, max(l.Units, l.Under, l.Over) > maxCount, l.Again > l.Units:
		err = errors.New("a count out of range")
	case l.Count != e.count() || l.Count == 0:
		err = fmt.Errorf("count is %d and the histogram holds %d", l.Count, e.count())
	case l.Min > l.Max, (l.Min < 0) != (l.Under > 0), (l.Max > Top) != (l.Over > 0):
		err = fmt.Errorf("minimum %d and maximum %d do not fit the histogram", l.Min, l.Max)
	}
	if err != nil {
		return fmt.Errorf("series %d, second %d: %w", l.ID, l.Due, err)
	}
	return nil
}

// appendDelta writes one delta of a window line; packed is written in base64.
func appendDelta(dst []byte, id int, e *delta) []byte {
	dst = appendMember(dst, `{"id":`, int64(id))
	dst = appendMember(dst, `,"due":`, int64(e.due))
	dst = appendMember(dst, `,"units":`, e.units)
	if e.again != 0 {
		dst = appendMember(dst, `,"again":`, e.again)
	}
	dst = appendMember(dst, `,"count":`, e.count())
	dst = appendMember(dst, `,"min":`, e.min)
	dst = appendMember(dst, `,"max":`, e.max)
	dst = e.sum.append(append(dst, `,"sum":`...))
	if e.under != 0 {
		dst = appendMember(dst, `,"under":`, e.under)
	}
	if e.over != 0 {
		dst = appendMember(dst, `,"over":`, e.over)
	}
	if len(e.packed) > 0 {
		dst = append(dst, `,"hist":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, e.packed)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

// appendAt writes nanoseconds as seconds with as many decimals as they need.
func appendAt(dst []byte, at int64) []byte {
	return strconv.AppendFloat(dst, float64(at)/1e9, 'f', -1, 64)
}

func appendMember(dst []byte, name string, v int64) []byte {
	return strconv.AppendInt(append(dst, name...), v, 10)
}

// marshal writes a line that is not on the hot path. Equal values give equal bytes.
func marshal(line any) ([]byte, error) {
	b, err := json.Marshal(line, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write run file: %w", err)
	}
	return append(b, '\n'), nil
}
