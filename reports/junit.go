package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

type junitSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Suite   junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string          `xml:"name,attr"`
	Tests     int             `xml:"tests,attr"`
	Failures  int             `xml:"failures,attr"`
	Errors    int             `xml:"errors,attr"`
	Skipped   int             `xml:"skipped,attr"`
	Time      string          `xml:"time,attr"` // seconds
	Timestamp string          `xml:"timestamp,attr,omitempty"`
	Property  []junitProperty `xml:"properties>property"`
	Case      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitOutcome `xml:"failure,omitempty"`
	Error   *junitOutcome `xml:"error,omitempty"`
	Skipped *junitOutcome `xml:"skipped,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes junit.xml for a build server: whether the run is valid is one test, each objective another. An
// invalid run is an error, a broken objective a failure, one that cannot be told, or that an invalid run
// leaves unjudged, is skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	h := &r.Run.Header
	seconds := strconv.FormatFloat(r.elapsed(), 'f', 3, 64)
	class := "wavetank." + h.Scenario
	suite := junitSuite{
		Name: class, Time: seconds, Timestamp: h.Started,
		Property: []junitProperty{
			{"tool", h.Tool},
			{"target", h.Target},
			{"clock", h.Clock},
			{"model", r.model()},
			{"seed", strconv.FormatUint(h.Seed, 10)},
			{"digest", h.Digest},
			{"verdict", r.Headline()},
		},
	}
	valid := junitCase{Class: class, Name: "the run is valid", Time: seconds}
	if !r.Validity.Valid {
		valid.Error = &junitOutcome{Message: r.Sentence()}
		suite.Errors++
	}
	suite.Case = append(suite.Case, valid)
	for i := range r.Objectives {
		o := &r.Objectives[i]
		c := junitCase{Class: class, Name: o.Text, Time: "0"}
		switch r.standing(o) {
		case untold:
			c.Skipped = &junitOutcome{Message: "cannot be told: " + o.Reason}
			suite.Skipped++
		case unjudged:
			c.Skipped = &junitOutcome{Message: "not judged, for the run is invalid"}
			suite.Skipped++
		case broken:
			c.Failure = &junitOutcome{Message: o.failure()}
			if o.Cause != nil {
				c.Failure.Text = o.Cause.Text
			}
			suite.Failures++
		}
		suite.Case = append(suite.Case, c)
	}
	suite.Tests = len(suite.Case)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Suite: suite}); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	return nil
}
