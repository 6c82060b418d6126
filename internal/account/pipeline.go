package account

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/scenarios"
)

// The bases of the roles' names: what functions and delivery streams assume.
const (
	FunctionRole       = "functions"
	DeliveryStreamRole = "delivery-streams"
)

// ReceiptsStream is the base of the name of the stream in which functions leave what they saw. It has one shard.
const ReceiptsStream = "wavetank-receipts"

// Pipeline is everything that a scenario makes in an account, by the names the run gives, in an order in which it can be
// made. What the scenario names under existing is not in it.
func Pipeline(s *scenarios.Scenario, run Run, account, region string) []Resource {
	var list []Resource
	p := s.ToMake()
	add := func(kind Kind, name string) {
		r := Resource{Kind: kind, Name: name, Region: region, Account: account}
		if !slices.Contains(list, r) { // delivery streams share buckets
			list = append(list, r)
		}
	}
	functions := slices.Sorted(maps.Keys(p.Functions))
	deliveries := slices.Sorted(maps.Keys(p.DeliveryStreams))
	if len(functions) > 0 {
		add(Role, run.Name(Role, FunctionRole))
	}
	if len(deliveries) > 0 {
		add(Role, run.Name(Role, DeliveryStreamRole))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Streams)) {
		add(Stream, run.Name(Stream, name))
	}
	if len(functions) > 0 {
		add(Stream, run.Name(Stream, ReceiptsStream))
	}
	for _, name := range deliveries {
		add(Bucket, run.Name(Bucket, p.DeliveryStreams[name].S3.Bucket))
	}
	for _, name := range functions {
		add(LogGroup, run.Name(LogGroup, name))
		add(Function, run.Name(Function, name))
		for _, e := range p.Functions[name].EventSources {
			add(Mapping, MappingName(run.Name(Function, name), called(s, run, Stream, e.Stream)))
		}
	}
	for _, name := range deliveries {
		add(DeliveryStream, run.Name(DeliveryStream, name))
	}
	return list
}
