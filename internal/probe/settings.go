package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Variable is the environment variable of the function that carries its Settings.
const Variable = "WAVETANK_PROBE"

// Kinds of work: how an invocation spends its time.
const (
	Sleep = "sleep" // waits, as a function does that waits for a database
	CPU   = "cpu"   // keeps the processor busy until the time has passed; Lambda gives a share of one by memory size
)

// Settings say how the probe behaves and where its receipts go. Durations are nanoseconds in JSON. The zero values of all
// but Function and Receipts are a function that takes no time of its own and never fails.
type Settings struct {
	Function string `json:"function"` // its name, repeated in receipts; needed
	Receipts string `json:"receipts"` // name of the stream that receipts are put into; needed
	// Endpoint is where that stream is. "" is AWS_ENDPOINT_URL_KINESIS or AWS_ENDPOINT_URL, which LocalStack sets in a
	// function's environment, else AWS itself.
	Endpoint string `json:"endpoint,omitempty"`

	Seed      uint64        `json:"seed,omitempty"`      // of what is drawn for an invocation
	Duration  Distribution  `json:"duration,omitzero"`   // of an invocation from begin to end, the cold start not counted
	Work      string        `json:"work,omitempty"`      // Sleep, also where "", or CPU
	Errors    float64       `json:"errors,omitempty"`    // share of the invocations that fail, 0 to 1; they take as long as others
	ColdStart time.Duration `json:"coldStart,omitempty"` // slept before the first invocation of an environment begins

	// ReportBatchItemFailures tells that the event source mapping has that response type. Without it Lambda ignores what a
	// function says of single records.
	ReportBatchItemFailures bool `json:"reportBatchItemFailures,omitempty"`
	// PartialFailures is the share of the invocations, 0 to 1, that report every record from a drawn one on as failed.
	PartialFailures float64 `json:"partialFailures,omitempty"`
}

// Check finds what the probe cannot do.
func (s Settings) Check() error {
	switch {
	case s.Function == "" || len(s.Function) > 64:
		return fmt.Errorf("check probe settings: function %q: want a name of 1 to 64 characters", s.Function)
	case s.Receipts == "" || len(s.Receipts) > 128:
		return fmt.Errorf("check probe settings: receipts %q: want the name of a stream, 1 to 128 characters", s.Receipts)
	case s.Work != "" && s.Work != Sleep && s.Work != CPU:
		return fmt.Errorf("check probe settings: work %q: want %q or %q", s.Work, Sleep, CPU)
	case !share(s.Errors):
		return fmt.Errorf("check probe settings: errors %v: want a share from 0 to 1", s.Errors)
	case !share(s.PartialFailures):
		return fmt.Errorf("check probe settings: partialFailures %v: want a share from 0 to 1", s.PartialFailures)
	case s.PartialFailures > 0 && !s.ReportBatchItemFailures:
		return fmt.Errorf("check probe settings: partialFailures %v: want reportBatchItemFailures on the event source mapping, "+
			"since without it Lambda ignores them", s.PartialFailures)
	case s.ColdStart < 0:
		return fmt.Errorf("check probe settings: coldStart %v: want none or more", s.ColdStart)
	}
	if err := s.Duration.check(); err != nil {
		return fmt.Errorf("check probe settings: %w", err)
	}
	return nil
}

func share(v float64) bool { return v >= 0 && v <= 1 }

// Environment is the environment of the function: Variable with the settings in it.
func (s Settings) Environment() map[string]string {
	text, err := json.Marshal(s)
	if err != nil { // a share that is not a number, which Check refuses
		text = []byte("{}")
	}
	return map[string]string{Variable: string(text)}
}

// FromEnvironment reads the settings where Environment put them and checks them. getenv is os.Getenv in a function.
func FromEnvironment(getenv func(string) string) (Settings, error) {
	text := getenv(Variable)
	if text == "" {
		return Settings{}, fmt.Errorf("read probe settings: %s is not set: deploy the function with its Environment", Variable)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	var s Settings
	if err := d.Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("read probe settings from %s: %w", Variable, err)
	}
	return s, s.Check()
}
