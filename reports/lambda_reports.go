package reports

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/measure"
)

// LambdaReports is what a function's REPORT lines say of its invocations: of each one, where CloudWatch has minutes. Times
// are nanoseconds.
type LambdaReports struct {
	Function       string         `json:"function"` // as the scenario calls it
	LogGroup       string         `json:"logGroup"`
	Invocations    int64          `json:"invocations"` // lines
	Failed         int64          `json:"failed"`      // of these, with another status than success
	Cut            bool           `json:"cut"`         // there were more lines than were read
	Error          string         `json:"error,omitempty"`
	Duration       LambdaDuration `json:"duration"`
	BilledDuration LambdaDuration `json:"billedDuration"`
	InitDuration   LambdaDuration `json:"initDuration"`  // of cold starts
	MemorySize     int64          `json:"memorySize"`    // bytes
	MaxMemoryUsed  int64          `json:"maxMemoryUsed"` // bytes
}

// LambdaDuration is the distribution of a duration; null where there is no value.
type LambdaDuration struct {
	Count int64  `json:"count"`
	Sum   int64  `json:"sum"`
	P50   *int64 `json:"p50"`
	P90   *int64 `json:"p90"`
	P99   *int64 `json:"p99"`
	Max   *int64 `json:"max"`
}

// lambdaReports are those of the functions whose logs were read.
func (r *Report) lambdaReports() []LambdaReports {
	told := r.told()
	if told == nil {
		return nil
	}
	all := make([]LambdaReports, 0, len(told.Logs))
	for i := range told.Logs {
		l := &told.Logs[i]
		all = append(all, LambdaReports{
			Function: l.As, LogGroup: l.LogGroup, Invocations: l.Invocations, Failed: l.Failed, Cut: l.Cut, Error: l.Error,
			Duration: lambdaDuration(&l.Duration), BilledDuration: lambdaDuration(&l.Billed), InitDuration: lambdaDuration(&l.Init),
			MemorySize: l.MemorySize, MaxMemoryUsed: l.MaxMemory,
		})
	}
	return all
}

func lambdaDuration(d *measure.Distribution) LambdaDuration {
	out := LambdaDuration{Count: d.Count, Sum: d.Sum}
	h, err := d.Histogram()
	if err != nil || h.Count() == 0 { // what a run file holds was checked when it was read
		return out
	}
	for q, into := range map[float64]**int64{0.5: &out.P50, 0.9: &out.P90, 0.99: &out.P99, 1: &out.Max} {
		v, _ := h.Quantile(q, 0)
		*into = &v
	}
	return out
}

// cells are a row of the tables of REPORT lines.
func (l *LambdaReports) cells() []string {
	cold := formatCount(l.InitDuration.Count)
	if l.InitDuration.Max != nil {
		cold += ", up to " + formatDuration(float64(*l.InitDuration.Max))
	}
	memory := "–"
	if l.MemorySize > 0 {
		memory = fmt.Sprintf("%s of %s", formatBytes(float64(l.MaxMemoryUsed)), plainZeros(formatBytes(float64(l.MemorySize))))
	}
	return []string{
		l.Function, formatCount(l.Invocations), formatCount(l.Failed), maybeDuration(l.Duration.P50), maybeDuration(l.Duration.P90),
		maybeDuration(l.Duration.P99), maybeDuration(l.Duration.Max), formatDuration(float64(l.BilledDuration.Sum)), cold, memory,
	}
}

func maybeDuration(ns *int64) string {
	if ns == nil {
		return "–"
	}
	return formatDuration(float64(*ns))
}

// lambdaReportsHead are the columns of the tables of REPORT lines; ">" is a column of numbers.
var lambdaReportsHead = []string{
	"REPORT lines of", ">invocations", ">failed", ">Duration p50", ">p90", ">p99", ">max", ">billed", "cold starts", "memory used",
}

// lambdaReportsCaption is what a reader must know of them.
const lambdaReportsCaption = "A REPORT line is one invocation, and none is sampled: Duration is as Lambda counts it, without the cold start."
