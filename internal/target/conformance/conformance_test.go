package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

func TestMain(m *testing.M) {
	if err := manyAtOnce(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// manyAtOnce is nothing under the race detector, where cases compute more than they wait.
var manyAtOnce = func() error { return nil }

// embedded is what the embedded server does, case by case. What it does not is listed in NOT_EMULATED.md, and a case
// that becomes true changes its line here.
var embedded = map[string]Verdict{
	"stream-creating":            Differs, // ACTIVE at once, unless Model.Creating says otherwise
	"stream-deleting":            Differs, // gone at once
	"even-hash-ranges":           Does,
	"on-demand-stream":           Does,
	"list-shards-filter":         Does,
	"stream-not-found":           Does,
	"stream-exists":              Does,
	"validation-wording":         Does,
	"unknown-operation":          Does,
	"serialization":              Does,
	"no-signature":               Does,
	"cbor":                       Does,
	"list-streams-rate":          Does,
	"describe-stream-rate":       Does,
	"describe-summary-rate":      Does,
	"split-shard":                Does,
	"update-shard-count":         Does,
	"shard-count-at-most-double": Does,
	"tags":                       Does,
	"retention":                  Does,
	"max-record-size":            Does,
	"describe-limits":            Does,
	"put-500-records":            Does,
	"put-501-records":            Does,
	"put-7-mib":                  Does,
	"put-11-mib":                 Does,
	"record-over-1-mib":          Does,
	"empty-record":               Does,
	"long-partition-key":         Does,
	"dry-run":                    Does,
	"arrival-time":               Does,
	"md5-routing":                Does,
	"explicit-hash-key":          Does,
	"hash-key-bounds":            Does,
	"sequence-increasing":        Does,
	"sequence-layout":            Does,
	"order-within-a-shard":       Does,
	"write-records-rate":         Does,
	"write-bytes-rate":           Does,
	"put-record-bytes-rate":      Does,
	"decided-record-by-record":   Does,
	"throttled-wording":          Does,
	"get-records-limit":          Does,
	"millis-behind-latest":       Does,
	"open-shard-goes-on":         Does,
	"read-after-write":           Does,
	"iterator-types":             Does,
	"iterator-used-twice":        Does,
	"iterator-from-the-future":   Does,
	"iterator-invalid":           Does,
	"get-records-rate":           Does,
	"get-iterator-rate":          Does,
	"read-bytes-rate":            Does,
	"register-consumer":          Does,
	"fan-out-latency":            Does,
	"second-subscription":        Does,
	"firehose-creating":          Differs, // ACTIVE at once, unless Model.Creating says otherwise
	"firehose-not-found":         Does,
	"firehose-501-records":       Does,
	"firehose-record-size":       Does,
	"firehose-batch-size":        Does,
	"firehose-put-rate":          Does,
	"firehose-hint-alone":        Does,
	"buffer-interval":            Does,
	"buffer-size":                Does,
	"concatenation":              Does,
	"object-name":                Does,
	"prefix-expression":          Does,
	"gzip":                       Does,
	"stream-as-source":           Does,
	"put-beside-a-source":        Does,
	"function-active":            Does,
	"function-not-found":         Does,
	"function-exists":            Does,
	"mapping-answer":             Does,
	"mapping-enabled":            Does,
	"mapping-exists":             Does,
	"mapping-bounds":             Does,
	"mapping-settings":           Does,
	"mapping-failure-settings":   Does,
	"mapping-not-found":          Does,
	"invoke-trim-horizon":        Unknown, // its functions are modelled: no package, no receipts
	"invoke-latest":              Unknown,
	"invoke-batch-size":          Unknown,
	"invoke-window":              Unknown,
	"invoke-order":               Unknown,
	"invoke-factor":              Unknown,
	"invoke-retry":               Unknown,
	"invoke-bisect":              Unknown,
	"s3-round-trip":              Does,
	"s3-list-pages":              Does,
	"s3-no-such-key":             Does,
}

// serve is the embedded server on a port of 127.0.0.1, without any service time.
func serve(t *testing.T) string {
	t.Helper()
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: wall})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.URL()
}

// testEmbedded tries the cases that are as slow as wanted, each in an account of its own, so that none takes from another's
// limits.
func testEmbedded(t *testing.T, slow bool) {
	url := serve(t)
	for i, k := range Cases() {
		if k.Slow != slow && embedded[k.Name] != Unknown {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			account := credentials.NewStaticCredentialsProvider(fmt.Sprintf("%012d", i+1), "secret", "")
			found, err := Run(t.Context(), Endpoint{URL: url, Credentials: account}, Options{Only: []string{k.Name}})
			if err != nil {
				t.Fatal(err)
			}
			f := found[0]
			skipSlow(t, f)
			if want := embedded[k.Name]; len(found) != 1 || f.Case != k.Name || f.Verdict != want {
				t.Errorf("%s %s, want %s: %s", f.Case, f.Verdict, want, f.Detail)
			}
			if strings.Contains(f.Detail, "left behind") {
				t.Error(f.Detail)
			}
		})
	}
}

// skipSlow skips a test on a machine that cannot offer more than a limit: the finding says so, and how fast that is nobody
// can promise.
func skipSlow(t *testing.T, f Finding) {
	t.Helper()
	if f.Verdict == Unknown && strings.Contains(f.Detail, tooSlow) {
		t.Skip(f.Detail)
	}
}

func TestEmbedded(t *testing.T) { testEmbedded(t, false) }

// TestCasesAreComplete holds what the names and texts of cases must be.
func TestCasesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	areasSeen := map[string]bool{}
	last := ""
	for _, k := range Cases() {
		if k.Area != last && areasSeen[k.Area] {
			t.Errorf("%s: area %s is in two pieces", k.Name, k.Area)
		}
		last, areasSeen[k.Area] = k.Area, true
		switch {
		case seen[k.Name]:
			t.Errorf("%s: there are two", k.Name)
		case len(k.Name) > 28 || strings.ToLower(k.Name) != k.Name:
			t.Errorf("%s: not a name of at most 28 small letters", k.Name)
		case k.Area == "" || k.Claim == "" || k.Source == "" || len(k.Needs) == 0 || k.run == nil:
			t.Errorf("%s: something is missing", k.Name)
		}
		if _, ok := embedded[k.Name]; !ok {
			t.Errorf("%s: the table of the embedded server does not have it", k.Name)
		}
		seen[k.Name] = true
	}
	for name := range embedded {
		if !seen[name] {
			t.Errorf("%s: there is no such case", name)
		}
	}
}
