package scenarios

import (
	"fmt"
	"sort"
	"strings"
)

// Error is one mistake in a scenario.
type Error struct {
	File         string // as given to the loader; "" for a scenario built in Go
	Line, Column int    // from 1, the column in characters; 0 where the file has no place for it
	Flag         string // the flag the value came from, as in --set load.0.rate=-1; then there is no place
	Message      string // what was found and what is allowed; begins with the dotted path of the key
}

// Error is one line: file:line:column: message, or the flag and the message.
func (e *Error) Error() string {
	switch {
	case e.Flag != "":
		return e.Flag + ": " + e.Message
	case e.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	case e.File != "":
		return e.File + ": " + e.Message
	}
	return e.Message
}

// maxShown is how many mistakes are printed; a file that is not a scenario at all would fill the screen.
const maxShown = 20

// Errors is every mistake found in one scenario, in the order of their places. It is never empty where it is an error.
type Errors []*Error

// Error is a line for each mistake, at most 20 of them.
func (e Errors) Error() string {
	var b strings.Builder
	for i, err := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxShown {
			fmt.Fprintf(&b, "… and %d more", len(e)-i)
			break
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

// Unwrap lets errors.As find a single mistake.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, err := range e {
		list[i] = err
	}
	return list
}

// sortByPlace orders mistakes as a reader of the file meets them; those of flags come last, in the order of the flags.
func (e Errors) sortByPlace() {
	sort.SliceStable(e, func(i, j int) bool {
		a, b := e[i], e[j]
		if (a.Flag == "") != (b.Flag == "") {
			return a.Flag == ""
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}
