package measure

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// failing takes so many writes, and then fails; a half write leaves half a line.
type failing struct {
	file bytes.Buffer
	left int
	half bool
	err  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left--; f.left >= 0 {
		return f.file.Write(p)
	}
	if f.half {
		f.file.Write(p[:len(p)/2])
		return len(p) / 2, f.err
	}
	return 0, f.err
}

func TestWriteErrorsComeOutOfTick(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "/home/somebody/run.jsonl", Err: syscall.ENOSPC}
	for name, half := range map[string]bool{"nothing written": false, "half a line written": true} {
		t.Run(name, func(t *testing.T) {
			w := &failing{left: 3, half: half, err: full} // header, series, window
			r, err := NewRecorder(w, Header{})
			if err != nil {
				t.Fatal(err)
			}
			r.Series("x", nil, SeriesOptions{}).Record(0, 1e6)
			tick(t, r, second)
			r.Series("x", nil, SeriesOptions{}).Record(second, 2e6)
			for range 2 {
				err := r.Tick(2 * second)
				if !errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "somebody") {
					t.Fatalf("error is %v", err)
				}
			}
			if err := r.Finish(End{}); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("finish: %v", err)
			}
			run := read(t, w.file.Bytes())
			if run.Torn != half || run.End != nil || run.Windows != 1 || run.Series[0].Count(0, 9) != 1 {
				t.Errorf("what was written reads as torn %v, %d windows", run.Torn, run.Windows)
			}
		})
	}
	t.Run("the header", func(t *testing.T) {
		if _, err := NewRecorder(&failing{err: full}, Header{}); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("a writer that lies", func(t *testing.T) {
		if _, err := NewRecorder(&failing{half: true}, Header{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestNothingIsWrittenAfterTheEnd(t *testing.T) {
	var file bytes.Buffer
	r, err := NewRecorder(&file, Header{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(End{}); err != nil {
		t.Fatal(err)
	}
	size := file.Len()
	if err := r.Tick(second); err == nil {
		t.Error("a tick after the end is no error")
	}
	if err := r.Finish(End{}); err == nil || file.Len() != size {
		t.Errorf("a second end: %v, %d bytes more", err, file.Len()-size)
	}
}

func TestEachLineIsOneWrite(t *testing.T) {
	w := writes{}
	r, err := NewRecorder(&w, Header{})
	if err != nil {
		t.Fatal(err)
	}
	s := randomScript(8)
	s.record(t, r)
	if err := r.Finish(End{}); err != nil {
		t.Fatal(err)
	}
	for i, line := range w {
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
			t.Errorf("write %d is not one line: %q", i, line)
		}
	}
}

type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}
