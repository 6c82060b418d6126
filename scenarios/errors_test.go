package scenarios

import (
	"errors"
	"strings"
	"testing"
)

func TestError(t *testing.T) {
	rows := []struct {
		name string
		err  Error
		want string
	}{
		{"with a place", Error{File: "a.yaml", Line: 3, Column: 7, Message: "m"}, "a.yaml:3:7: m"},
		{"of a flag", Error{File: "a.yaml", Flag: "--set a=1", Message: "m"}, "--set a=1: m"},
		{"of a file", Error{File: "a.yaml", Message: "m"}, "a.yaml: m"},
		{"of nowhere", Error{Message: "m"}, "m"},
	}
	for _, row := range rows {
		if got := row.err.Error(); got != row.want {
			t.Errorf("%s: found %s, want %s", row.name, got, row.want)
		}
	}
}

func TestErrorsAreFound(t *testing.T) {
	_, err := Parse("a.yaml", []byte("version: 2\nseed: x\n"), []string{"warmup=1"})
	var list Errors
	if !errors.As(err, &list) || len(list) != 4 {
		t.Fatalf("found %v, want four mistakes", err)
	}
	var one *Error
	if !errors.As(err, &one) || one.Line != 1 || one != list[0] {
		t.Errorf("found %v, want the first", one)
	}
	if last := list[3]; last.Flag != "--set warmup=1" || !strings.HasPrefix(last.Message, "warmup: ") {
		t.Errorf("found %v last, want the flag's", last)
	}
}

func TestErrorsOfOnePlaceAreOne(t *testing.T) {
	d := decoder{file: "a.yaml"}
	d.add(place{line: 1, column: 1}, "m")
	d.add(place{line: 1, column: 1}, "m")
	if len(d.errs) != 1 {
		t.Errorf("found %d", len(d.errs))
	}
}
