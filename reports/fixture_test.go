package reports

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// The fixtures are runs of a toy pipeline (one stream, one function, perhaps one delivery stream) that is drawn record by
// record from a seed and recorded as a runner would.

const (
	ms     = int64(1e6)
	second = int64(1e9)
)

// toy is a toy run.
type toy struct {
	scenario *scenarios.Scenario
	shards   []float64 // share of the records
	hot      int       // the shard that one key is on; -1 none
	size     int64     // bytes of a record
	rate     int
	attempts int
	slow     [2]int // seconds in which the target answers late
	late     int    // a second in which the harness itself is late; 0 none
	killed   int    // the second after which the run was killed; 0 never
	untold   []measure.Trait
	refuse   bool // everything
	before   func(*measure.Header)
	after    func(*measure.End)

	rec     *measure.Recorder
	byShard map[perShard]*measure.Counter
	rng     *rand.Rand
	tokens  []float64
	filled  []int64
	waiting [][]stored // by shard: for the function
	buffer  [][]stored // by shard: for the delivery stream
	flushed []int64
	end     measure.End
	hotKey  measure.KeyUse
}

// stored is a record in the stream.
type stored struct{ due, arrival int64 }

// Whole runs are recorded once; reports of them are built anew for each test.
var wholeRuns = map[string][]byte{}

// whole is the report of a run of the library.
func whole(t *testing.T, name string) *Report {
	t.Helper()
	y := map[string]func(*testing.T) *toy{"clickstream": clickstream, "hot-shard": hotShard}[name](t)
	if wholeRuns[name] == nil {
		wholeRuns[name] = y.file(t)
	}
	run, err := measure.Read(bytes.NewReader(wholeRuns[name]))
	if err != nil {
		t.Fatal(err)
	}
	return Build(run, y.scenario)
}

func clickstream(t *testing.T) *toy {
	return &toy{
		scenario: open(t, "clickstream"), shards: []float64{0.24, 0.27, 0.255, 0.235}, hot: -1,
		size: 612, rate: 2000, attempts: 3, slow: [2]int{17, 18},
	}
}

func hotShard(t *testing.T) *toy {
	return &toy{
		scenario: open(t, "hot-shard"), shards: []float64{0.1, 0.1, 0.7, 0.1}, hot: 2,
		size: 540, rate: 5000, attempts: 3,
	}
}

// short is a clickstream of 6 s at 400 records/s, held to some objectives: for tests of one rule.
func short(t *testing.T, objectives ...string) *toy {
	t.Helper()
	y := clickstream(t)
	y.rate, y.slow = 400, [2]int{}
	y.scenario = open(t, "clickstream", "duration=6s", "warmup=1s")
	y.scenario.Objectives = nil
	for _, text := range objectives {
		o, err := scenarios.ParseObjective(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		y.scenario.Objectives = append(y.scenario.Objectives, o)
	}
	return y
}

func open(t *testing.T, name string, set ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Open(name, set)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (y *toy) stream() measure.Tags { return measure.Tags{"stream": "click-stream"} }

func (y *toy) shardTags(shard int, limit string) measure.Tags {
	tags := measure.Tags{"stream": "click-stream", "shard": fmt.Sprintf("shardId-%012d", shard)}
	if limit != "" {
		tags["limit"] = limit
	}
	return tags
}

// header is what a runner would write of the scenario.
func (y *toy) header() measure.Header {
	s := y.scenario
	return measure.Header{
		Tool: "wavetank 0.1.0", Scenario: s.Name, Digest: s.Digest(), Seed: s.Seed, Labels: map[string]string{"team": "shop"},
		Target: "embedded", Clock: measure.ClockWall, Model: s.Model, Go: "go1.26.8", Arch: "amd64",
		Started:         "2026-11-24T10:15:00Z",
		DurationSeconds: s.Duration.Std().Seconds(), WarmupSeconds: s.Warmup.Std().Seconds(),
		DrainSeconds: s.Drain.Std().Seconds(), LagLimit: 10 * ms, CannotTell: y.untold,
		Limits: map[string]float64{limitRecords: 1000, limitBytes: 1 << 20, limitReads: 5, limitReadBytes: 2 << 20},
		Load: []measure.PlannedLoad{{
			Stream: "click-stream", Generator: "clickstream", Lanes: 4, Keys: 10000,
			Records: float64(y.rate) * s.Duration.Std().Seconds(), MeanRate: float64(y.rate), PeakRate: float64(y.rate),
		}},
	}
}

// file records the run and gives its file.
func (y *toy) file(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	var err error
	header := y.header()
	if y.before != nil {
		y.before(&header)
	}
	if y.rec, err = measure.NewRecorder(&file, header); err != nil {
		t.Fatal(err)
	}
	n := len(y.shards)
	y.byShard = map[perShard]*measure.Counter{}
	y.rng = rand.New(rand.NewPCG(y.scenario.Seed, 1))
	y.tokens, y.filled = make([]float64, n), make([]int64, n)
	y.waiting, y.buffer, y.flushed = make([][]stored, n), make([][]stored, n), make([]int64, n)
	for i := range y.tokens {
		y.tokens[i] = 1000
	}
	seconds := int(y.scenario.Duration.Std().Seconds())
	for s := range seconds {
		for tick := range int64(50) {
			y.offer(int64(s)*second + tick*20*ms)
		}
		y.serve(int64(s+1) * second)
		y.tick(t, s+1)
	}
	for s := seconds; s < seconds+6; s++ {
		y.serve(int64(s+1) * second)
		y.tick(t, s+1)
	}
	y.finish(t, seconds)
	return y.cut(file.Bytes())
}

// run records the run and reads it back.
func (y *toy) run(t *testing.T) *measure.Run {
	t.Helper()
	run, err := measure.Read(bytes.NewReader(y.file(t)))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (y *toy) report(t *testing.T) *Report { return Build(y.run(t), y.scenario) }

func (y *toy) tick(t *testing.T, at int) {
	t.Helper()
	if err := y.rec.Tick(int64(at) * second); err != nil {
		t.Fatal(err)
	}
}

// cut leaves the file as a kill would.
func (y *toy) cut(file []byte) []byte {
	if y.killed == 0 {
		return file
	}
	last := bytes.Index(file, fmt.Appendf(nil, `{"type":"window","at":%d,`, y.killed))
	whole := last + bytes.IndexByte(file[last:], '\n') + 1
	return file[:whole+bytes.IndexByte(file[whole:], '\n')/2]
}
