package scenarios

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	const base = `
version: 1
pipeline:
  streams: {orders: {shardCount: 1}, "any.size": {}}
  functions: {process: {model: {duration: 20ms}, eventSources: [{stream: orders}]}}
  consumers: {dashboard: {stream: orders}}
load: [{stream: orders, generator: {sensor: {}}, rate: 10/s}]
objectives: [put.hit == 0, put.throttled == 0]
`
	rows := []struct {
		name string
		set  []string
		want string // lines that follow each other in the resolved form; without, when it begins with !
	}{
		{"a number", []string{"pipeline.streams.orders.shardCount=8"}, "    orders:\n      shardCount: 8"},
		{"a rate", []string{"load.0.rate=4000/s"}, "    rate: 4000/s"},
		{"the later wins", []string{"load.0.rate=1/s", "load.0.rate=2/s"}, "    rate: 2/s"},
		{"a key that is not there", []string{"duration=5s"}, "duration: 5s"},
		{"a path that is not there", []string{"load.0.batch.linger=5ms"}, "      linger: 5ms"},
		{"a name with a dash", []string{"pipeline.streams.click-stream.shardCount=2"}, "    click-stream:\n      shardCount: 2"},
		{"a name with a dot", []string{"pipeline.streams.any.size.shardCount=3"}, "    any.size:\n      shardCount: 3"},
		{"a new name with a dot", []string{`pipeline.streams."a.b".shardCount=4`}, "    a.b:\n      shardCount: 4"},
		{"a mapping", []string{"load.0.generator={transaction: {accounts: 9}}"}, "      transaction:\n        accounts: 9"},
		{"over a value", []string{"load.0.arrivals=poisson", "load.0.arrivals.bursty.dispersion=3"}, "      bursty:\n        dispersion: 3"},
		{"an item", []string{"objectives.1=put.givenUp == 0"}, "objectives:\n  - put.hit == 0\n  - put.givenUp == 0"},
		{"one more item", []string{"objectives.2=put.givenUp == 0"}, "  - put.throttled == 0\n  - put.givenUp == 0"},
		{"part of one more item", []string{"load.1.stream=any.size", "load.1.generator.sensor={}", "load.1.rate=1/s"}, "  - stream: any.size"},
		{"a list that is not there", []string{"faults.0.for=5s", "faults.0.stall={}"}, "faults:\n  - at: 0s\n    for: 5s\n    stall: {}"},
		{"an item away", []string{"objectives.0="}, "objectives:\n  - put.throttled == 0"},
		{"a list away", []string{"objectives="}, "objectives:\n  - integrity.missing == 0"},
		{"an empty list", []string{"objectives=[]"}, "objectives: []"},
		{"a name away", []string{"pipeline.consumers.dashboard="}, "!dashboard"},
		{"a key away that is not there", []string{"load.0.phases="}, "    rate: 10/s"},
		{"a key away for another", []string{"load.0.rate=", "load.0.phases=[{hold: {rate: 5/s, for: 1m}}]"}, "      - hold:\n          rate: 5/s"},
		{"a text that looks like more", []string{"description=a: b"}, ""},
		{"a text in quotes", []string{`description="a: b"`}, `description: "a: b"`},
		{"an equals sign in the value", []string{"objectives.0=put.hit == 3"}, "  - put.hit == 3"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, err := Parse("base.yaml", []byte(base), row.set)
			if err != nil {
				if row.want != "" {
					t.Fatal(err)
				}
				return
			}
			without, not := strings.CutPrefix(row.want, "!")
			got := "\n" + string(s.Resolved())
			if found := strings.Contains(got, "\n"+row.want+"\n"); !not && !found || not && strings.Contains(got, without) {
				t.Errorf("want %s\nfound%s", row.want, got)
			}
		})
	}
}
