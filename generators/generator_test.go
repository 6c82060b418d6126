package generators

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// start is a usual start of a run; it is not on a full second, and due instants cross midnight.
var start = time.Date(2026, 11, 24, 23, 59, 58, 123_456_789, time.UTC)

// kinds makes a generator of each kind in several shapes from one configuration.
var kinds = []struct {
	name string
	make func(c Config) (Generator, error)
}{
	{"clickstream", func(c Config) (Generator, error) { return NewClickstream(c, ClickstreamConfig{Users: 300}) }},
	{"clickstream by session", func(c Config) (Generator, error) {
		c.Key = "sessionId"
		return NewClickstream(c, ClickstreamConfig{Users: 300, Skew: Zipf(1.1)})
	}},
	{"clickstream sized", func(c Config) (Generator, error) {
		return NewClickstream(c, ClickstreamConfig{Users: 300, Skew: Hot(0.6, 1), Size: Size{P50: 500, P99: 2048}})
	}},
	{"clickstream small", func(c Config) (Generator, error) {
		return NewClickstream(c, ClickstreamConfig{Users: 300, Size: Size{P50: 1}})
	}},
	{"clickstream of one", func(c Config) (Generator, error) {
		c.Rate = 0.1
		return NewClickstream(c, ClickstreamConfig{Users: 1, Products: 1})
	}},
	{"sensor", func(c Config) (Generator, error) { return NewSensor(c, SensorConfig{Sensors: 150}) }},
	{"sensor lossy", func(c Config) (Generator, error) {
		return NewSensor(c, SensorConfig{Sensors: 150, Skew: Zipf(0.8), Dropout: 0.3, Spikes: 0.05, Size: Size{P50: 330, P99: 500}})
	}},
	{"sensor by site", func(c Config) (Generator, error) {
		c.Key = "siteId"
		return NewSensor(c, SensorConfig{Sensors: 150, Dropout: 0.1})
	}},
	{"sensor of one", func(c Config) (Generator, error) {
		return NewSensor(c, SensorConfig{Sensors: 1, Dropout: 1, Spikes: 1})
	}},
	{"transaction", func(c Config) (Generator, error) { return NewTransaction(c, TransactionConfig{Accounts: 200}) }},
	{"transaction by transaction", func(c Config) (Generator, error) {
		c.Key = "transactionId"
		return NewTransaction(c, TransactionConfig{Accounts: 200, Skew: Zipf(1), Fraud: 1})
	}},
	{"transaction sized", func(c Config) (Generator, error) {
		return NewTransaction(c, TransactionConfig{Accounts: 200, Skew: Hot(0.9, 2), Fraud: 0.05, Size: Size{P50: 480, P99: 4096}})
	}},
	{"lines", func(c Config) (Generator, error) { return NewTemplate(c, orders("orders.jsonl")) }},
	{"lines by member", func(c Config) (Generator, error) {
		c.Key = "customer"
		return NewTemplate(c, orders("orders.jsonl"))
	}},
	{"text", func(c Config) (Generator, error) { return NewTemplate(c, order("order.json")) }},
	{"text by member", func(c Config) (Generator, error) {
		c.Key = "customer"
		return NewTemplate(c, order("order.json"))
	}},
}

// orders is a file of lines, with what such files have: spaces, escapes, CRLF, an empty line, no end of the last line.
func orders(name string) TemplateConfig {
	return TemplateConfig{Name: name, Data: []byte(`{"id":1,"customer":"ann","note":"{{uuid}}"}` + "\n" +
		`{"customer": "b\u00f6b", "id": 2.50}` + "\r\n\n" +
		`{"id":3,"customer":"ann"}` + "\n" +
		`{"id":4,"customer":17}` + "\n" +
		`  {"id":5,"customer":"dan"}  `)}
}

func order(name string) TemplateConfig {
	return TemplateConfig{Name: name, Data: []byte(`{"id":"{{uuid}}","n":{{seq}},"at":"{{now}}","ms":{{unixMillis}},"customer":"c-{{int 1 50}}",
 "who":{"name":"{{name}}","email":"{{email}}","ip":"{{ip}}"},"total":{{float -5 900.5}},"state":"{{pick new paid "on its way"}}"}
`)}
}

// made keeps generators from test to test: they are immutable, and making one is slow under the race detector.
var made = make(map[string]Generator)

// forKinds runs a test for every kind with one lane and with several.
func forKinds(t *testing.T, test func(t *testing.T, g Generator)) {
	for _, k := range kinds {
		for _, lanes := range []int{1, 4} {
			name := fmt.Sprintf("%s, %d lanes", k.name, lanes)
			t.Run(name, func(t *testing.T) {
				if made[name] == nil {
					made[name] = must(k.make(Config{Seed: 42, Run: 0xabc, Lanes: lanes, Start: start, Rate: 200}))
				}
				test(t, made[name])
			})
		}
	}
}

// drawn is a record and its body.
type drawn struct {
	Record
	body string
}

// draw draws n records of a lane, 1.7 ms apart.
func draw(l Lane, n int) []drawn {
	ds := make([]drawn, n)
	var b []byte
	for i := range ds {
		l.Next(time.Duration(i)*1_700*time.Microsecond, &ds[i].Record)
		b = l.Append(b[:0])
		ds[i].body = string(b)
	}
	return ds
}

// busy is the lanes that have a share.
func busy(g Generator) (lanes []int) {
	for lane := range g.Lanes() {
		if g.Share(lane) > 0 {
			lanes = append(lanes, lane)
		}
	}
	return lanes
}

func TestRecordsAreWhatTheySay(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		bodies := make(map[string]bool)
		for _, lane := range busy(g) {
			for i, d := range draw(g.Lane(lane), 1500) {
				if d.Lane != uint32(lane) || d.Number != uint64(i) || d.Due != time.Duration(i)*1_700*time.Microsecond {
					t.Fatalf("record %d of lane %d says lane %d, number %d, due %v", i, lane, d.Lane, d.Number, d.Due)
				}
				if int(d.Size) != len(d.body) {
					t.Fatalf("size %d, but the body has %d bytes: %s", d.Size, len(d.body), d.body)
				}
				if !json.Valid([]byte(d.body)) {
					t.Fatalf("no JSON: %s", d.body)
				}
				if g.Identified() {
					run, l, number, ok := ParseIdentity([]byte(d.body))
					if !ok || run != 0xabc || l != uint32(lane) || number != uint64(i) {
						t.Fatalf("identity of %s", d.body)
					}
				}
				if g.Identified() && bodies[d.body] {
					t.Fatalf("twice: %s", d.body)
				}
				bodies[d.body] = true
			}
		}
	})
}

func TestKeys(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		laneOf, indexOf, keyOf := map[string]uint32{}, map[string]uint32{}, map[uint32]string{}
		for _, lane := range busy(g) {
			for _, d := range draw(g.Lane(lane), 1000) {
				sum := md5.Sum([]byte(d.Key))
				if d.Hash != [2]uint64{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])} {
					t.Fatalf("hash of key %q is not its MD5", d.Key)
				}
				if !strings.Contains(d.body, d.Key) && d.Key != "böb" && g.Identified() {
					t.Fatalf("key %q is not in %s", d.Key, d.body)
				}
				if g.Keys() == 0 {
					continue
				}
				if l, ok := laneOf[d.Key]; ok && l != d.Lane {
					t.Fatalf("key %q is in lanes %d and %d", d.Key, l, d.Lane)
				}
				if i, ok := indexOf[d.Key]; ok && i != d.KeyIndex || int(d.KeyIndex) >= g.Keys() {
					t.Fatalf("key %q has index %d and %d of %d", d.Key, i, d.KeyIndex, g.Keys())
				}
				if k, ok := keyOf[d.KeyIndex]; ok && k != d.Key {
					t.Fatalf("keys %q and %q have index %d", d.Key, k, d.KeyIndex)
				}
				laneOf[d.Key], indexOf[d.Key], keyOf[d.KeyIndex] = d.Lane, d.KeyIndex, d.Key
			}
		}
	})
}

func TestSharesSumToOne(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		sum := 0.0
		for lane := range g.Lanes() {
			sum += g.Share(lane)
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("shares sum to %v", sum)
		}
	})
}

func TestSeekDrawsWhatAFreshLaneDraws(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		const n = 6000
		lane := busy(g)[len(busy(g))-1]
		want := draw(g.Lane(lane), n)
		l := g.Lane(lane)
		positions := []uint64{0, 1, 0, 17, 5000, 4999, 5001, 0, 3000, 2990, 5998, 1024, 1023, 1025, 2048, 1}
		r := random{state: 7}
		for range 40 {
			positions = append(positions, r.next()%(n-2))
		}
		for _, at := range positions {
			l.Seek(at)
			for i := at; i < at+2; i++ { // the one after it too
				var got drawn
				l.Next(want[i].Due, &got.Record)
				got.body = string(l.Append(nil))
				if got != want[i] {
					t.Fatalf("after a seek to %d record %d is\n%+v\nnot\n%+v", at, i, got, want[i])
				}
			}
		}
	})
}

func TestContentDoesNotDependOnDue(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		lane := busy(g)[0]
		a, b := g.Lane(lane), g.Lane(lane)
		var ra, rb Record
		for i := range 500 {
			a.Next(0, &ra)
			b.Next(time.Duration(i)*time.Hour, &rb)
			rb.Due = 0
			if ra != rb {
				t.Fatalf("%+v and %+v", ra, rb)
			}
		}
	})
}

func TestAtMovesOnlyTimes(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		later := g.At(start.Add(time.Hour))
		lane := busy(g)[0]
		a, b := g.Lane(lane), later.Lane(lane)
		var ra, rb Record
		for range 100 {
			a.Next(time.Hour, &ra)
			b.Next(0, &rb)
			rb.Due = ra.Due
			if ra != rb || string(a.Append(nil)) != string(b.Append(nil)) {
				t.Fatalf("%s and %s", a.Append(nil), b.Append(nil))
			}
		}
	})
}

func TestSeedsAndRuns(t *testing.T) {
	for _, k := range kinds {
		if strings.HasPrefix(k.name, "lines by") {
			continue // the file decides everything
		}
		t.Run(k.name, func(t *testing.T) {
			a := draw(must(k.make(Config{Seed: 0, Run: 1})).Lane(0), 5)
			b := draw(must(k.make(Config{Seed: 1, Run: 1})).Lane(0), 5)
			c := draw(must(k.make(Config{Seed: 0, Run: 2})).Lane(0), 5)
			for i := range a {
				if a[i].Key == b[i].Key {
					t.Errorf("record %d has key %q under two seeds", i, a[i].Key)
				}
				if strings.Replace(a[i].body, `"wt":"00000001`, `"wt":"00000002`, 1) != c[i].body {
					t.Errorf("the run changes more than the identity:\n%s\n%s", a[i].body, c[i].body)
				}
			}
		})
	}
}

// TestGolden holds the first bodies of each kind and a digest of many: changed only on purpose. They were written
// on amd64.
func TestGolden(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			g := must(k.make(Config{Seed: 42, Lanes: 2, Start: start, Rate: 100}))
			var got bytes.Buffer
			digest := sha256.New()
			for i, d := range draw(g.Lane(0), 20_000) {
				if i < 3 {
					fmt.Fprintf(&got, "%s %s\n", d.Key, strings.TrimSpace(d.body))
				}
				digest.Write([]byte(d.Key + " " + d.body + "\n"))
			}
			fmt.Fprintf(&got, "sha256 of 20000: %x\n", digest.Sum(nil))
			name := "testdata/" + slug(k.name) + ".golden"
			if *update {
				if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
			}
		})
	}
}

func TestNextAndAppendDoNotAllocate(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		l := g.Lane(busy(g)[0])
		var r Record
		b := make([]byte, 0, 1<<20)
		allocs := testing.AllocsPerRun(5000, func() {
			l.Next(time.Second, &r)
			b = l.Append(b[:0])
		})
		if allocs > 0 { // AllocsPerRun rounds down: blocks of keys are well below one a record
			t.Errorf("%v allocations a record", allocs)
		}
	})
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		l := g.Lane(busy(g)[0])
		if b := l.Append([]byte("before")); string(b) != "before" {
			t.Errorf("before the first Next: %q", b)
		}
		var r Record
		l.Next(0, &r)
		b := l.Append([]byte("before"))
		b = l.Append(b)
		if want := "before" + string(l.Append(nil)) + string(l.Append(nil)); string(b) != want {
			t.Errorf("got %q, want %q", b, want)
		}
	})
}

func TestBadConfigs(t *testing.T) {
	for _, row := range []struct {
		name string
		make func() (Generator, error)
		want string
	}{
		{"lanes", func() (Generator, error) { return NewSensor(Config{Lanes: -1}, SensorConfig{}) }, "make sensor: lanes: -1 is outside 1 to 65536"},
		{"rate", func() (Generator, error) { return NewSensor(Config{Rate: -1}, SensorConfig{}) }, "make sensor: rate: -1 is outside 0 to 1e+09 records/s"},
		{"rate NaN", func() (Generator, error) { return NewSensor(Config{Rate: math.NaN()}, SensorConfig{}) }, "make sensor: rate: NaN is outside"},
		{"start", func() (Generator, error) {
			return NewSensor(Config{Start: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, SensorConfig{})
		}, "make sensor: start: the year"},
		{
			"key", func() (Generator, error) { return NewClickstream(Config{Key: "userid"}, ClickstreamConfig{}) },
			`make clickstream: partition key: unknown "userid" (did you mean "userId"?), want userId, sessionId`,
		},
		{
			"strange key", func() (Generator, error) { return NewTransaction(Config{Key: "zzz"}, TransactionConfig{}) },
			`make transaction: partition key: unknown "zzz", want accountId, transactionId`,
		},
		{"users", func() (Generator, error) { return NewClickstream(Config{}, ClickstreamConfig{Users: -5}) }, "make clickstream: users: -5 is outside 1 to 16777216"},
		{"products", func() (Generator, error) { return NewClickstream(Config{}, ClickstreamConfig{Products: 1 << 30}) }, "products: 1073741824 is outside"},
		{"think time", func() (Generator, error) { return NewClickstream(Config{}, ClickstreamConfig{ThinkTime: -1}) }, "think time: -1ns is negative"},
		{"skew", func() (Generator, error) { return NewClickstream(Config{}, ClickstreamConfig{Skew: Zipf(-1)}) }, "skew zipf(-1): exponent -1 is outside"},
		{
			"hot keys", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Sensors: 3, Skew: Hot(0.6, 3)}) },
			"make sensor: skew hot(0.6, 3): there are only 3 keys, none would be left for the other 0.4",
		},
		{"size", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Size: Size{P50: 500, P99: 400}}) }, "make sensor: size: p99 of 400 is less than p50 of 500"},
		{"big size", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Size: Size{P50: 2 << 20}}) }, "make sensor: size: p50 of 2097152 is outside"},
		{"dropout", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Dropout: 1.5}) }, "make sensor: dropout: 1.5 is outside 0 to 1"},
		{"spikes", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Spikes: -0.1}) }, "make sensor: spikes: -0.1 is outside 0 to 1"},
		{"sensors", func() (Generator, error) { return NewSensor(Config{}, SensorConfig{Sensors: -1}) }, "make sensor: sensors: -1 is outside"},
		{"fraud", func() (Generator, error) { return NewTransaction(Config{}, TransactionConfig{Fraud: math.NaN()}) }, "make transaction: fraud: NaN is outside 0 to 1"},
		{
			"accounts", func() (Generator, error) { return NewTransaction(Config{Lanes: 4}, TransactionConfig{Accounts: 7}) },
			"make transaction: accounts: 7 are fewer than two for each of 4 lanes",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			g, err := row.make()
			if err == nil || g != nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v and %v, want %q", g, err, row.want)
			}
		})
	}
}
