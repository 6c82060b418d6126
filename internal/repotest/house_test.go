package repotest

import (
	"os"
	"sync"
	"testing"
)

// The import table. A record flows generators → runner → target → measure → reports; imports are another matter.
// docs/design/001-the-house.md says what lives where.
var importTable = []Row{
	{
		Package: "cmd/**", May: []string{"**"},
	},
	{
		Package: "generators", Why: "generators are pure: a lane is a sequence of (seed, lane) and nothing else, so that any machine and any clock offers the same records",
		Never: []Never{
			{[]string{"os/...", "net", "net/http/...", "io/fs", "syscall", "log/..."}, "a generator does no I/O: its caller reads the files"},
			{[]string{"crypto/rand"}, "a record is drawn from the scenario's seed"},
		},
	},
	{
		Package: "scenarios", May: []string{"generators", "internal/nearest"},
		Why: "a scenario is data: it is written, checked and explained without anything that runs it",
	},
	{
		Package: "runner/tanktest",
		May: []string{
			"runner", "scenarios", "generators", "reports", "internal/simulator/**", "internal/target/**", "internal/measure", "internal/clock",
			"internal/localnet",  // a bubble's network
			"internal/nearest",   // of a word in a test that is none
			"internal/aggregate", // a delivery stream opens what the KPL has put together
		},
		Why: "a Go test compiles this package: it stays small",
		Never: []Never{
			{heavy, "a user's test must not compile Docker, browser, terminal or telemetry libraries"},
		},
	},
	{
		Package: "runner",
		May: []string{
			"scenarios", "generators", "internal/target/**", "internal/measure", "internal/clock", "internal/pricing",
			"internal/aggregate",        // a load may be one of the KPL's
			"internal/simulator/record", // the shape in which targets and services hand records on
		},
		Why: "the runner drives a target and does not know which: what only a service knows comes through the target",
		Never: []Never{
			{heavy, "whoever imports runner in a test must not compile Docker, browser, terminal or telemetry libraries"},
		},
	},
	{
		Package: "reports", May: []string{"scenarios", "internal/measure", "internal/pricing"},
		Why: "a report is made from the files of a run alone: an old run can always be rendered again",
	},
	{
		Package: "internal/clock", Why: "time is below everything",
	},
	{
		Package: "internal/nearest", Why: "words know nothing of what they name",
	},
	{
		Package: "internal/localnet", Why: "a network knows nothing of what goes over it",
	},
	{
		Package: "internal/measure", Why: "measuring is arithmetic on instants it is given: it is tested without a pipeline",
	},
	{
		Package: "internal/pricing", Why: "a price list knows no pipeline: its callers count",
	},
	{
		Package: "internal/simulator/record", Why: "the shape that services share is below all of them",
	},
	{
		Package: "internal/simulator/fault", Why: "the hook sees requests, not services",
	},
	{
		Package: "internal/simulator/server", May: []string{"internal/simulator/**", "internal/clock", "internal/pages"},
		Why: "the wire stands in front of the services and knows nothing of runs",
		Never: []Never{
			{[]string{"github.com/aws/aws-sdk-go-v2/service/..."}, "a server that shared types with the client would agree with it by construction"},
		},
	},
	{
		Package: "internal/simulator/journal", May: []string{"internal/simulator/record"},
		Why: "files hold blocks of records: what a stream is they need not know, nor what time it is",
	},
	{
		Package: "internal/simulator/kinesis",
		May:     []string{"internal/clock", "internal/simulator/record", "internal/simulator/fault", "internal/simulator/journal"},
		Why:     "a service meets another only through a small interface it defines itself, and opens no file: the journal does",
		Never: []Never{
			{[]string{"net", "net/http/..."}, "a service owns no socket: it is called by the wire and by virtual time alike"},
			{[]string{"github.com/aws/..."}, "AWS's rules live in our models, not in the client's types"},
		},
	},
	{
		Package: "internal/simulator/*", May: []string{"internal/clock", "internal/simulator/record", "internal/simulator/fault"},
		Why: "a service meets another only through a small interface it defines itself",
		Never: []Never{
			{[]string{"net", "net/http/...", "os/...", "syscall"}, "a service owns no socket and no file: it is called by the wire and by virtual time alike"},
			{[]string{"github.com/aws/..."}, "AWS's rules live in our models, not in the client's types"},
		},
	},
	{
		Package: "internal/simulator", May: []string{"internal/clock", "internal/simulator/*"},
		Why: "a world is its services",
		Never: []Never{
			{[]string{"net/http/..."}, "the wire is internal/simulator/server's"},
		},
	},
	{
		Package: "internal/target/localstack", May: []string{"scenarios", "internal/target", "internal/target/aws"},
		Why: "the one package that starts containers: only commands and tests import it",
	},
	{
		Package: "internal/target/**",
		May: []string{
			"scenarios", "internal/simulator/**", "internal/target/**", "internal/measure", "internal/clock",
			"internal/probe",    // what a function that was deployed leaves behind
			"internal/receiver", // to which delivery streams with an HTTP endpoint deliver
		},
		Why: "a target is one pipeline under load: it is driven, and drives nothing",
		Never: []Never{
			{heavy, "a target is imported by tests: containers are internal/target/localstack's"},
		},
	},
	{
		Package: "internal/probe", May: []string{"generators", "internal/aggregate", "internal/simulator/record"},
		Why: "the probe runs inside a function: it knows records, and nothing of the run",
	},
	{
		Package: "internal/account/**", May: []string{"scenarios", "internal/pricing", "internal/target/aws/httpclient", "internal/account/**"},
		Why: "what may be made in an account, and must not be left there, is decided apart from what is made",
	},
	{
		Package: "internal/aggregate", May: []string{"internal/simulator/record"},
		Why: "the format is a model: the KPL's and the KCL's rules about it, without a stream",
	},
	{
		Package: "internal/receiver", May: []string{"internal/simulator/record"},
		Why: "an endpoint outside the service: it knows requests and records, and nothing of who sends them",
	},
	{
		Package: "internal/heapfloor", Why: "the collector is the process's, whatever runs in it",
	},
	{
		Package: "internal/startup", May: []string{"internal/pages"}, Why: "what is initialized first may import next to nothing",
	},
	{
		Package: "internal/pages", Why: "it is initialized with internal/startup, and knows only addresses",
	},
	{
		Package: "internal/cloudwatch", May: []string{"internal/measure", "internal/target/aws/httpclient"},
		Why: "what AWS tells of a run is read apart from what the run measures",
	},
	{
		Package: "internal/repotest", Why: "the rules read source; they run none of it",
	},
}

// heavy modules each sit behind one package that only cmd and tests import.
var heavy = []string{
	"github.com/testcontainers/...", "github.com/docker/...", "github.com/chromedp/...",
	"charm.land/...", "github.com/charmbracelet/...", "go.opentelemetry.io/...", "github.com/prometheus/...", "k8s.io/...",
}

// virtualPath is the code that runs on virtual time.
var virtualPath = []string{
	"generators", "runner/**", "internal/measure", "internal/target", "internal/target/simulated", "internal/simulator",
	"internal/simulator/kinesis", "internal/simulator/lambda", "internal/simulator/firehose", "internal/simulator/objectstore",
	"internal/simulator/record", "internal/simulator/fault", "internal/simulator/journal",
}

// The exceptions: what is let off, and why. A file that is gone must leave its list.
var (
	// wallOnly is what, in the virtual path's packages, is about the machine's own time: a file, or one name in it.
	wallOnly = map[string]string{
		"runner/usage.go":                    "counts the processor time of the process itself, whichever clock the run is on",
		"runner/run.go: context.WithTimeout": "half a minute for a target beyond a network to close; no process waits for it",

		"runner/tanktest/time_wall.go":          "a tank on the wall's time",
		"runner/tanktest/time_bubble.go":        "a tank in a bubble, whose time the machine's functions tell",
		"runner/tanktest/leak.go":               "waits for goroutines that are on their way out",
		"runner/tanktest/invoke.go":             "a handler that hangs is found by the machine's time, and so is a deadline: the tank's stands still",
		"runner/tanktest/scenario.go: time.Now": "names the directory of a report",
	}
	// longFiles have more than 400 lines.
	longFiles = map[string]string{}
	// longFunctions have more than 80 lines: "path: name".
	longFunctions = map[string]string{}
	// sleepers are test files that sleep on the wall clock.
	sleepers = map[string]string{}
)

var bans = []Ban{
	{
		In: virtualPath, Except: wallOnly,
		Names: []string{
			"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.Tick", "time.NewTimer",
			"time.NewTicker", "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause",
		},
		Why: "this code runs on virtual time, where only the clock's own waits let time pass and only its Now is the time",
	},
	{
		In: []string{
			"generators", "scenarios", "runner/**", "internal/target/simulated", "internal/simulator",
			"internal/simulator/kinesis", "internal/simulator/lambda", "internal/simulator/firehose", "internal/simulator/objectstore",
		},
		Names: globalRandom,
		Why:   "one seed has one history: randomness comes from a generator seeded by the scenario",
	},
	{
		In:    []string{"internal/simulator/kinesis"},
		Names: []string{"os.*", "syscall.*"},
		Why:   "Kinesis opens no file by itself: internal/simulator/journal does, and says what becomes of it",
	},
	{
		In:    []string{"generators", "scenarios", "runner/**", "reports", "internal/**"},
		Names: []string{"fmt.Print", "fmt.Println", "fmt.Printf", "log.*", "log/slog.Default", "log/slog.SetDefault", "log/slog.Info", "log/slog.Warn", "log/slog.Error", "log/slog.Debug", "os.Exit"},
		Why:   "a library prints nothing and ends nothing: a slog.Logger is passed in, errors are returned",
	},
}

var globalRandom = append(
	global("math/rand/v2", "Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint", "UintN", "Uint32", "Uint32N", "Uint64", "Uint64N", "N", "Float32", "Float64", "NormFloat64", "ExpFloat64", "Perm", "Shuffle"),
	"math/rand.*", "github.com/brianvoe/gofakeit/v7.New", "github.com/brianvoe/gofakeit/v7.Seed",
)

func global(path string, names ...string) []string {
	var list []string
	for _, n := range names {
		list = append(list, path+"."+n)
	}
	return list
}

// repository parses this module once.
var repository = sync.OnceValues(func() (*Tree, error) { return Load(os.DirFS("../..")) })

func TestRepository(t *testing.T) {
	tree, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	rules := []struct {
		name  string
		found []Violation
	}{
		{"imports", tree.Imports(importTable)},
		{"goroutines", tree.Goroutines(
			[]string{"runner/**", "internal/clock", "internal/target/**", "internal/simulator/server", "cmd/**"},
			"goroutines are started by runner, clock, target, server and cmd, and whoever starts one waits for it",
		)},
		{"calls", tree.Calls(bans)},
		{"client timeouts", tree.ClientTimeouts(virtualPath, "http.Client.Timeout counts the wall's time, whichever clock the caller is on")},
		{"test sleeps", tree.TestSleeps(sleepers, "a test that sleeps is slow where it is long enough and flaky where it is not: use virtual time or testing/synctest")},
		{"package docs", tree.PackageDocs("a reader meets a package by its first sentence")},
		{"file length", tree.FileLength(400, longFiles, "past 400 lines a file usually hides a second thing")},
		{"function length", tree.FunctionLength(80, longFunctions, "a function fits on a screen")},
		{"folder names", tree.FolderNames(
			[]string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc"},
			"a folder is named after what is in it",
		)},
		{"open ends", tree.OpenEnds("a promise in a comment is kept by nobody: file an issue and name it")},
		{"dependencies", tree.Dependencies("docs/dependencies.md", "each dependency is there for a reason that somebody wrote down")},
		{"fidelity", tree.Fidelity("docs/fidelity.md", "a rule of AWS that no test holds is a rumor")},
		{"exceptions", tree.Exceptions("an exception outlives its file unnoticed", wallOnly, longFiles, longFunctions, sleepers)},
		{"links", tree.Links("a document that points nowhere is worse than none")},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, v := range r.found {
				t.Error(v)
			}
		})
	}
}
