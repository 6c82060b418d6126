package cloudwatch

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// report is what Lambda logs of one invocation when it has ended.
type report struct {
	duration, billed time.Duration
	init             time.Duration // of the cold start; 0 where the environment was warm
	memorySize       int64         // bytes
	maxMemory        int64         // bytes
	failed           bool          // a status is told, and it is not success
}

// parseReport reads a REPORT line, or the platform.report of a function whose logs are JSON. What is neither is not ok.
func parseReport(message string) (r report, ok bool) {
	message = strings.TrimSpace(message)
	switch {
	case strings.HasPrefix(message, "REPORT RequestId:"):
		return parseText(message)
	case strings.HasPrefix(message, "{"):
		return parseJSON(message)
	}
	return r, false
}

// parseText reads the line of a function whose logs are text, whose fields are between tabs:
//
//	REPORT RequestId: 3f0d…	Duration: 12.34 ms	Billed Duration: 13 ms	Memory Size: 128 MB	Max Memory Used: 64 MB	Init Duration: 98.76 ms
//
// AWS, Lambda, "Viewing CloudWatch logs for Lambda functions". A line of the function's own that looks like one is taken
// for one: only a duration and what is billed for it make it whole.
func parseText(line string) (r report, ok bool) {
	var durations int
	for field := range strings.SplitSeq(line, "\t") {
		name, value, found := strings.Cut(strings.TrimSpace(field), ": ")
		if !found {
			continue
		}
		number, _, _ := strings.Cut(value, " ")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil {
			r.failed = r.failed || name == "Status" && value != "success"
			continue
		}
		switch name {
		case "Duration":
			if r.duration, ok = milli(v); !ok {
				return r, false
			}
			durations++
		case "Billed Duration":
			if r.billed, ok = milli(v); !ok {
				return r, false
			}
			durations++
		case "Init Duration":
			if r.init, ok = milli(v); !ok {
				return r, false
			}
		case "Memory Size":
			r.memorySize = mega(v)
		case "Max Memory Used":
			r.maxMemory = mega(v)
		}
	}
	return r, durations == 2
}

// parseJSON reads a platform.report. AWS, Lambda, "Telemetry API Event schema reference".
func parseJSON(line string) (r report, ok bool) {
	var event struct {
		Type   string `json:"type"`
		Record struct {
			Status  string `json:"status"`
			Metrics struct {
				Duration   *float64 `json:"durationMs"`
				Billed     *float64 `json:"billedDurationMs"`
				Init       float64  `json:"initDurationMs"`
				MemorySize float64  `json:"memorySizeMB"`
				MaxMemory  float64  `json:"maxMemoryUsedMB"`
			} `json:"metrics"`
		} `json:"record"`
	}
	if json.Unmarshal([]byte(line), &event) != nil || event.Type != "platform.report" {
		return r, false
	}
	m := &event.Record.Metrics
	if m.Duration == nil || m.Billed == nil {
		return r, false
	}
	var good [3]bool
	r.duration, good[0] = milli(*m.Duration)
	r.billed, good[1] = milli(*m.Billed)
	r.init, good[2] = milli(m.Init)
	r.memorySize, r.maxMemory = mega(m.MemorySize), mega(m.MaxMemory)
	r.failed = event.Record.Status != "" && event.Record.Status != "success"
	return r, good == [3]bool{true, true, true}
}

// longest is more than the quarter of an hour that an invocation can last: what is longer is no duration.
const longest = time.Hour

// milli is milliseconds as a duration; not ok where no invocation lasts so long.
func milli(v float64) (time.Duration, bool) {
	if !(v >= 0 && v <= float64(longest/time.Millisecond)) { // neither is NaN
		return 0, false
	}
	return time.Duration(math.Round(v * 1e6)), true
}

// mega is megabytes of 2^20 as bytes; 0 where no function has so much.
func mega(v float64) int64 {
	if !(v >= 0 && v <= 1<<20) {
		return 0
	}
	return int64(v * (1 << 20))
}
