package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The files that WriteAll makes; the *.hgrm are beside them.
const (
	ResultFile       = "result.json"
	HTMLFile         = "report.html"
	MarkdownFile     = "summary.md"
	JUnitFile        = "junit.xml"
	HistogramLogFile = "histograms.hlog"
)

// WriteAll writes every file of the report into dir. A file is written under another name and renamed once it is whole:
// after an error, what is there is whole or old.
func (r *Report) WriteAll(dir string) error {
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{ResultFile, r.WriteResult},
		{JUnitFile, r.WriteJUnit},
		{MarkdownFile, r.WriteMarkdown},
		{HTMLFile, r.WriteHTML},
		{HistogramLogFile, r.WriteHistogramLog},
	} {
		if err := writeFile(dir, f.name, f.write); err != nil {
			return err
		}
	}
	return r.WritePercentiles(dir)
}

// writeFile makes a file of the name in dir, or leaves the one that is there as it was.
func writeFile(dir, name string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // most likely what failed, or closed already
			err = errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(file.Name()))
		}
	}()
	out := bufio.NewWriterSize(file, 64<<10)
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := file.Chmod(0o644); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(dir, name))
}
