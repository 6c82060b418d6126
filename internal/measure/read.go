package measure

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
)

// maxLine bounds a line of a run file. A second of a million values in every bucket stays far below it.
const maxLine = 64 << 20

// ErrNotRun says that what was read is not a run file at all.
var ErrNotRun = errors.New("not a run file")

// Read reads a run file. A last line that was cut off, as a kill or a full disk leaves it, is left out and told by
// [Run.Torn]; any other fault is an error that names its line.
func Read(r io.Reader) (*Run, error) { return readRun(r, maxLine) }

func readRun(r io.Reader, longest int) (*Run, error) {
	in := reader{lines: bufio.NewReaderSize(r, 256<<10), longest: longest, run: new(Run)}
	for {
		line, last, err := in.line()
		if err != nil {
			return nil, err
		}
		if len(line) > 0 {
			err = in.take(line)
		}
		switch {
		case err != nil && last && in.number > 1:
			in.run.Torn = true
		case err != nil:
			return nil, fmt.Errorf("read run file: line %d: %w", in.number, err)
		}
		if last {
			break
		}
	}
	if in.number == 0 {
		return nil, fmt.Errorf("read run file: empty: %w", ErrNotRun)
	}
	in.settle()
	return in.run, nil
}

type reader struct {
	lines   *bufio.Reader
	longest int // bytes of a line
	number  int
	long    []byte // a line that did not fit lines' buffer
	run     *Run

	text   windowScanner
	window windowLine // of the last line, for its memory
	deltas []delta    // likewise
}

// line is the next line without its end, valid until the next; last tells that the file ends here, without one.
func (in *reader) line() (line []byte, last bool, err error) {
	in.long = in.long[:0]
	for {
		part, err := in.lines.ReadSlice('\n')
		if len(in.long)+len(part) > in.longest {
			return nil, false, fmt.Errorf("read run file: line %d: longer than %d bytes", in.number+1, in.longest)
		}
		if err == nil && len(in.long) == 0 {
			in.number++
			return part[:len(part)-1], false, nil
		}
		in.long = append(in.long, part...)
		switch {
		case err == nil:
			in.number++
			return in.long[:len(in.long)-1], false, nil
		case errors.Is(err, io.EOF):
			if len(in.long) > 0 {
				in.number++
			}
			return in.long, true, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, fmt.Errorf("read run file: %w", err)
		}
	}
}

// take adds one line to the run. It changes nothing where it fails.
func (in *reader) take(line []byte) error {
	kind, err := kindOf(line)
	if err != nil {
		return err
	}
	if in.number == 1 {
		return in.takeHeader(kind, line)
	}
	if in.run.End != nil {
		return errors.New("a line after the end")
	}
	switch kind {
	case kindWindow:
		return in.takeWindow(line)
	case kindSeries:
		return in.takeSeries(line)
	case kindCounter:
		return in.takeCounter(line)
	case kindEnd:
		var end endLine
		if err := unmarshal(line, &end); err != nil {
			return err
		}
		if c := end.CloudWatch; c != nil {
			if err := c.check(); err != nil {
				return err
			}
		}
		in.run.End = &end.End
		return nil
	}
	return nil // of a later version; what it adds is not asked for
}

func (in *reader) takeHeader(kind string, line []byte) error {
	if kind != kindHeader {
		return fmt.Errorf("no header: %w", ErrNotRun)
	}
	var h headerLine
	if err := unmarshal(line, &h); err != nil {
		return err
	}
	if h.Schema < 1 || h.Schema > Schema {
		return fmt.Errorf("schema %d: this version reads up to %d", h.Schema, Schema)
	}
	in.run.Header = h.Header
	return nil
}

func (in *reader) takeSeries(line []byte) error {
	var s seriesLine
	if err := unmarshal(line, &s); err != nil {
		return err
	}
	if s.ID != len(in.run.Series) {
		return fmt.Errorf("series %d where %d is next", s.ID, len(in.run.Series))
	}
	in.run.Series = append(in.run.Series, &SeriesData{Name: s.Name, Tags: s.Tags, Unit: s.Unit, Of: s.Of})
	return nil
}

func (in *reader) takeCounter(line []byte) error {
	var c counterLine
	if err := unmarshal(line, &c); err != nil {
		return err
	}
	if c.ID != len(in.run.Counters) {
		return fmt.Errorf("counter %d where %d is next", c.ID, len(in.run.Counters))
	}
	in.run.Counters = append(in.run.Counters, &CounterData{Name: c.Name, Tags: c.Tags})
	return nil
}

func (in *reader) takeWindow(line []byte) error {
	w := &in.window
	if !in.text.read(line, w) {
		*w = windowLine{}
		if err := unmarshal(line, w); err != nil {
			return err
		}
	}
	deltas := slices.Grow(in.deltas[:0], len(w.Series))[:len(w.Series)]
	in.deltas = deltas
	for i := range w.Series {
		if err := w.Series[i].check(len(in.run.Series), &deltas[i]); err != nil {
			return err
		}
	}
	for _, c := range w.Counters {
		if c[0] < 0 || c[0] >= int64(len(in.run.Counters)) {
			return fmt.Errorf("counter %d was not declared", c[0])
		}
		if c[1] < earliestSecond || c[1] > int64(latestSecond) {
			return fmt.Errorf("counter %d, second %d: %w", c[0], c[1], errSecond)
		}
	}
	for i := range deltas {
		d := in.run.Series[w.Series[i].ID]
		d.deltas = append(d.deltas, deltas[i])
	}
	for _, c := range w.Counters {
		d := in.run.Counters[c[0]]
		d.points = append(d.points, point{due: int(c[1]), n: c[2]})
	}
	in.run.Windows++
	in.run.Last = max(in.run.Last, w.At)
	return nil
}

// settle orders what was read by due second and joins each series with its population.
func (in *reader) settle() {
	counters := make(map[string]*CounterData, len(in.run.Counters))
	for _, c := range in.run.Counters {
		c.settle()
		counters[c.Name+"\x00"+c.Tags.key()] = c
	}
	for _, d := range in.run.Series {
		slices.SortStableFunc(d.deltas, func(a, b delta) int { return cmp.Compare(a.due, b.due) })
		d.deltas = slices.Clip(d.deltas)
		d.population = counters[d.Of.Name+"\x00"+d.Of.Tags.key()]
	}
}

// kindOf is the type of a line. Ours begin with it; others are searched.
func kindOf(line []byte) (string, error) {
	if bytes.HasPrefix(line, []byte(windowPrefix)) {
		return kindWindow, nil
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := unmarshal(line, &kind); err != nil {
		return "", err
	}
	if kind.Type == "" {
		return "", fmt.Errorf("no type: %w", ErrNotRun)
	}
	return kind.Type, nil
}

func unmarshal(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	return nil
}
