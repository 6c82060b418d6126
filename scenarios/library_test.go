package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/wavetank/wavetank/generators"
)

func TestLibrary(t *testing.T) {
	for _, e := range Library() {
		t.Run(e.Name, func(t *testing.T) {
			s, err := Open(e.Name, nil)
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != e.Name || s.Description != e.Description || e.Description == "" {
				t.Errorf("found name %q and description %q", s.Name, s.Description)
			}
			again, err := Parse(e.Name+".yaml", s.Resolved(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, again, ignorePlaces); diff != "" {
				t.Errorf("the resolved form is another scenario (-first +again):\n%s", diff)
			}
			for i := range s.Load {
				if _, err := s.Load[i].NewGenerator(s, 1, time.Unix(0, 0)); err != nil {
					t.Errorf("load %d: %v", i, err)
				}
			}
			if len(s.Objectives) == 0 {
				t.Error("found no objectives")
			}
		})
	}
}

// TestHotShard holds what its description says: one key is offered three times what its shard takes.
func TestHotShard(t *testing.T) {
	s, err := Open("hot-shard", nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &s.Load[0]
	g, err := l.NewGenerator(s, 1, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := l.NewSchedule(s)
	if err != nil {
		t.Fatal(err)
	}
	keys, stream := map[string]int{}, generators.NewStream(g, schedule)
	var r generators.Record
	for stream.Next(&r) && r.Due < schedule.Duration() {
		keys[r.Key]++
	}
	most := 0
	for _, n := range keys {
		most = max(most, n)
	}
	if got := float64(most) / schedule.Duration().Seconds(); got < 2900 || got > 3100 {
		t.Errorf("the hottest key is offered %.0f/s, want about 3000/s", got)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	text, ok := Source("sensor")
	if !ok {
		t.Fatal("the library has no source")
	}
	for _, name := range []string{"mine.yaml", "clickstream", "bare"} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rows := []struct{ name, open, want, stream string }{
		{"the library", "clickstream", "clickstream", "click-stream"},
		{"a file", "mine.yaml", "mine", "readings"},
		{"a file by its path", filepath.Join(dir, "mine.yaml"), "mine", "readings"},
		{"a file without extension", "bare", "bare", "readings"},
		{"a file called like one of the library", "./clickstream", "clickstream", "readings"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, err := Open(row.open, []string{"duration=1m"})
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != row.want || s.Load[0].Stream != row.stream || s.Duration.String() != "1m" {
				t.Errorf("found %s into %s for %v", s.Name, s.Load[0].Stream, s.Duration)
			}
		})
	}
	sad := []struct{ name, open, want string }{
		{"near a name", "clikstream", `open scenario: found "clikstream", want a file or one of the library: ` +
			`clickstream, hot-shard, sensor or transaction; did you mean "clickstream"? (file does not exist)`},
		{"no file", "other.yaml", "read scenario: other.yaml: no such file or directory"},
		{"a folder", dir, "read scenario: " + dir + " is no regular file"},
	}
	for _, row := range sad {
		t.Run(row.name, func(t *testing.T) {
			_, err := Open(row.open, nil)
			if err == nil || err.Error() != row.want {
				t.Errorf("found %v\n want %s", err, row.want)
			}
			if strings.Contains(row.want, "exist") != errors.Is(err, fs.ErrNotExist) && !strings.Contains(row.want, "no such file") {
				t.Errorf("%v: fs.ErrNotExist is %v", err, errors.Is(err, fs.ErrNotExist))
			}
		})
	}
}

// TestFilesNear holds that traces and templates are looked for beside the scenario, and that devices are not read.
func TestFilesNear(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	scenario := func(trace string) string {
		return "version: 1\npipeline: {streams: {orders: {}}}\n" +
			"load: [{stream: orders, generator: {sensor: {}}, phases: [{trace: " + trace + "}]}]\n"
	}
	write("rates.csv", "0,1\n10,2\n")
	write("bad.csv", "0,1\n10,-2\n")
	s, err := ReadFile(write("good.yaml", scenario("rates.csv")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Duration.String() != "10s" || s.Load[0].Phases[0].Trace.File != "rates.csv" {
		t.Errorf("found %v, %+v", s.Duration, s.Load[0].Phases[0].Trace)
	}
	_, err = ReadFile(write("bad.yaml", scenario("bad.csv")), nil)
	want := filepath.Join(dir, "bad.csv") + `:2:4: found "-2" as a rate, want a number of records per second from 0 to 100000000`
	if err == nil || err.Error() != want {
		t.Errorf("found %v\n want %s", err, want)
	}
	_, err = ReadFile(write("device.yaml", scenario("/dev/zero")), nil)
	if err == nil || !strings.Contains(err.Error(), "/dev/zero is no regular file") {
		t.Errorf("found %v", err)
	}
}

// TestLongTrace holds that a day of seconds goes through the resolved form.
func TestLongTrace(t *testing.T) {
	var csv strings.Builder
	for second := range 86_400 {
		fmt.Fprintf(&csv, "%d,%d.25\n", second, second%1000)
	}
	open := func(name string) ([]byte, string, error) { return []byte(csv.String()), name, nil }
	const text = "version: 1\npipeline: {streams: {orders: {}}}\n" +
		"load: [{stream: orders, generator: {sensor: {}}, phases: [{trace: day.csv}]}]\n"
	s, err := parse("day.yaml", []byte(text), nil, open)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("day.yaml", s.Resolved(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, again) {
		t.Error("the resolved form is another scenario")
	}
	csv.WriteString("1,1\n")
	if _, err := parse("day.yaml", []byte(text), nil, open); err == nil {
		t.Error("a trace that goes back was read")
	}
}

func ExampleOpen() {
	s, err := Open("clickstream", []string{"load.0.rate=4000/s", "pipeline.streams.click-stream.shardCount=8"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Name, s.Duration, s.Load[0].Rate, s.Pipeline.Streams["click-stream"].Shards(), s.Pipeline.Sinks())
	_, err = Open("clickstream", []string{"load.0.rate=-1", "load.0.arival=poisson"})
	fmt.Println(err)
	// Output:
	// clickstream 30s 4000/s 8 [clicks-to-s3 process-clicks]
	// --set load.0.rate=-1: load.0.rate: found -1, want a rate above 0/s up to 100000000/s, such as 2000/s
	// --set load.0.arival=poisson: load.0.arival: unknown key; did you mean "arrivals"? (known: stream, deliveryStream, generator, partitionKey, rate, phases, arrivals, lanes, batch, retry)
}

func ExampleLibrary() {
	for _, entry := range Library() {
		fmt.Println(entry.Name)
	}
	// Output:
	// clickstream
	// hot-shard
	// sensor
	// transaction
}

func ExampleParse() {
	_, err := Parse("orders.yaml", []byte(`
version: 1
pipeline:
  streams:
    orders: {shardCount: 0}
load:
  - stream: ordres
    generator: {transaction: {}}
    rate: 2000
`), nil)
	fmt.Println(err)
	// Output:
	// orders.yaml:5:26: pipeline.streams.orders.shardCount: found 0, want a whole number from 1 to 10000
	// orders.yaml:7:13: load.0.stream: unknown stream "ordres"; did you mean "orders"? (known: orders)
	// orders.yaml:9:11: load.0.rate: found 2000, want a rate above 0/s up to 100000000/s, such as 2000/s
}

func ExampleScenario_Complete() {
	s := &Scenario{
		Pipeline: Pipeline{Streams: map[string]Stream{"orders": {}}},
		Load:     []Load{{Stream: "orders", Generator: Generator{Transaction: &Transaction{}}, Rate: 500}},
	}
	if err := s.Complete(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Duration, s.Load[0].PartitionKey, s.Load[0].Batch.Linger, s.Load[0].Generator.Transaction.Accounts)
	// Output: 30s accountId 20ms 10000
}
