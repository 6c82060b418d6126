package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/target/conformance"
	"github.com/wavetank/wavetank/scenarios"
)

// How long the cases take in an account is a guess from what AWS says of its services; nobody has measured it.
const (
	streamTakes         = 30 * time.Second // until it is ACTIVE
	deliveryStreamTakes = time.Minute      // until it is ACTIVE
	mappingTakes        = 2 * time.Minute  // until it is Enabled, and until it is deleted
	functionTakes       = 20 * time.Second // until it is Active, its log group included
	caseTakes           = 10 * time.Second // all else
)

// What the plan reckons that a thing costs besides its hours. The cases put little: tens of MiB in all.
const (
	thingHours    = 0.05 // from a stream's making until it is deleted
	streamUnits   = 500  // PUT payload units into a stream
	deliveryGB    = 0.005
	bucketPuts    = 10
	functionCalls = 50
	functionGBs   = 5
)

// doctorPlan is what doctor is going to do to an account.
type doctorPlan struct {
	*account.Plan

	cases int
	makes conformance.Makes
	rates bool // limits of the whole account are tried
}

// newDoctorPlan plans a run of the cases. Nothing is asked of the account.
func newDoctorPlan(cases []conformance.Case, run account.Run, a *ownAccount) *doctorPlan {
	m := conformance.MakesOf(cases)
	begun := usageOf(m, 1) // each begun hour in full
	p := &doctorPlan{
		Plan:  account.NewPlan(standIn(m), run, a.caller, a.clients.Region(), account.Forecast{Usage: begun}),
		cases: len(cases), makes: m,
		rates: slices.ContainsFunc(cases, func(k conformance.Case) bool { return k.Area == conformance.ControlPlaneLimits }),
	}
	p.Creates, p.Less = kindsOf(m, run, a), "choose cases with --only"
	p.Cost, p.AtMost = usageOf(m, thingHours).Estimate(), begun.Estimate()
	return p
}

// usageOf is what is billed where each thing stays so long.
func usageOf(m conformance.Makes, hours float64) pricing.Usage {
	return pricing.Usage{
		ShardHours: float64(m.Shards) * hours, OnDemandStreamHours: float64(m.OnDemandStreams) * hours,
		PayloadUnits: streamUnits * float64(m.Streams), FirehoseGB: deliveryGB * float64(m.DeliveryStreams), S3Puts: bucketPuts * float64(m.Buckets),
		LambdaRequests: functionCalls * float64(m.Functions), LambdaGBSeconds: functionGBs * float64(m.Functions),
	}
}

// kindsOf is a row of the plan for each kind of what is made: how many, and what the names begin with. A row for each thing
// would be pages.
func kindsOf(m conformance.Makes, run account.Run, a *ownAccount) []account.Resource {
	var rows []account.Resource
	add := func(kind account.Kind, n int, more string) {
		if n > 0 {
			text := fmt.Sprintf("%d%s, named %s…", n, more, run.Name(kind, "x")[:len(run.Name(kind, "x"))-1])
			rows = append(rows, account.Resource{Kind: kind, Name: text, Region: a.clients.Region(), Account: a.caller.Account})
		}
	}
	roles := min(m.Functions, 1) + min(m.DeliveryStreams, 1)
	add(account.Role, roles, "")
	add(account.Stream, m.Streams, " with "+some(m.Shards, "shard")+" in all")
	add(account.Stream, m.OnDemandStreams, " on demand")
	add(account.Bucket, m.Buckets, "")
	add(account.LogGroup, m.Functions, "")
	add(account.Function, m.Functions, "")
	if m.Mappings > 0 {
		rows = append(rows, account.Resource{Kind: account.Mapping, Name: fmt.Sprintf("%d, of those functions and streams", m.Mappings)})
	}
	add(account.DeliveryStream, m.DeliveryStreams, "")
	return rows
}

// standIn is a scenario that needs of an account's quotas what the cases need at once, and lasts as long: they go one after
// another, but what is deleted counts until it is gone.
func standIn(m conformance.Makes) *scenarios.Scenario {
	const shards, deliveryStreams, concurrency = 10, 4, 4
	s := &scenarios.Scenario{Duration: scenarios.Duration(lasts(m))}
	s.Pipeline = scenarios.Pipeline{
		Streams: map[string]scenarios.Stream{}, Functions: map[string]scenarios.Function{}, DeliveryStreams: map[string]scenarios.DeliveryStream{},
	}
	if m.Shards > 0 {
		s.Pipeline.Streams["stream"] = scenarios.Stream{ShardCount: min(m.Shards, shards)}
	}
	if m.OnDemandStreams > 0 {
		s.Pipeline.Streams["on-demand"] = scenarios.Stream{StreamMode: scenarios.OnDemand}
	}
	if m.Functions > 0 {
		s.Pipeline.Streams["mapped"] = scenarios.Stream{ShardCount: 1}
		s.Pipeline.Functions["code"] = scenarios.Function{
			EventSources: []scenarios.EventSource{{Stream: "mapped", ParallelizationFactor: concurrency}},
		}
	}
	for i := range min(m.DeliveryStreams, deliveryStreams) {
		s.Pipeline.DeliveryStreams[fmt.Sprint("flow-", i)] = scenarios.DeliveryStream{S3: scenarios.S3Destination{Bucket: "bucket"}}
	}
	return s
}

// lasts is how long the cases take.
func lasts(m conformance.Makes) time.Duration {
	sum := time.Duration(m.Streams+m.OnDemandStreams)*streamTakes + time.Duration(m.DeliveryStreams)*deliveryStreamTakes +
		time.Duration(m.Mappings)*mappingTakes + time.Duration(m.Functions)*functionTakes +
		time.Duration(m.Consumers+m.Buckets)*caseTakes + caseTakes
	return sum.Round(time.Minute) + time.Minute
}

// writeText writes the plan for a person who is going to be asked.
func (p *doctorPlan) writeText(w io.Writer) error {
	if err := p.WriteText(w); err != nil {
		return err
	}
	var t page
	t.section("%s, one after another; each deletes what it made. It takes about %s by what AWS says of its services: "+
		"that has not been measured.", some(p.cases, "case"), minutesOf(p.Duration))
	if p.rates {
		t.warn("%s: ListStreams, DescribeStream and DescribeStreamSummary are called more often than the account may in this "+
			"region, each for some seconds. Other programs that call them meanwhile are throttled.", conformance.ControlPlaneLimits)
	}
	if p.makes.Consumers > 0 {
		t.warn("Enhanced fan-out is not in the price list: a few cents more.")
	}
	_, err := io.WriteString(w, "\n"+t.String())
	return err
}

// some is a number of things: 1 shard, 86 shards.
func some(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// minutesOf is a duration in words, to the minute: 85 min.
func minutesOf(d time.Duration) string { return fmt.Sprintf("%d min", int(d.Minutes()+0.5)) }
