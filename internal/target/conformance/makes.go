package conformance

import "slices"

// Makes is what a case makes at most, and deletes when it is over. Besides, an owner makes a log group for each function and
// a role for each service that assumes one. The zero value makes nothing.
type Makes struct {
	Streams         int // provisioned
	Shards          int // of those streams, once they are resharded
	OnDemandStreams int
	Consumers       int // of enhanced fan-out
	Functions       int
	Mappings        int
	Buckets         int
	DeliveryStreams int
}

// What cases make, by how most of them begin.
var (
	nothing   Makes
	oneShard  = Makes{Streams: 1, Shards: 1}
	twoShards = Makes{Streams: 1, Shards: 2}
	delivery1 = Makes{Buckets: 1, DeliveryStreams: 1}
	probed    = Makes{Streams: 2, Shards: 2, Functions: 1, Mappings: 1} // a rig
)

// Plus is both.
func (m Makes) Plus(o Makes) Makes {
	return Makes{
		Streams:         m.Streams + o.Streams,
		Shards:          m.Shards + o.Shards,
		OnDemandStreams: m.OnDemandStreams + o.OnDemandStreams,
		Consumers:       m.Consumers + o.Consumers,
		Functions:       m.Functions + o.Functions,
		Mappings:        m.Mappings + o.Mappings,
		Buckets:         m.Buckets + o.Buckets,
		DeliveryStreams: m.DeliveryStreams + o.DeliveryStreams,
	}
}

// MakesOf is what a Run of the cases makes in all, the question whether functions run included.
func MakesOf(cases []Case) Makes {
	var all Makes
	if needFunction(cases) {
		all = probed
	}
	for i := range cases {
		all = all.Plus(cases[i].Makes)
	}
	return all
}

func needFunction(cases []Case) bool {
	return slices.ContainsFunc(cases, func(k Case) bool { return slices.Contains(k.Needs, NeedsFunction) })
}

// Names are what an owner whose method Name is given calls the things of a Run of the cases, so that they can be looked at
// before anything is made. Mappings have none of their own.
func Names(cases []Case, name func(kind, base string) string) []string {
	var list []string
	add := func(base string, m Makes) {
		for _, n := range []struct {
			what string
			made int
		}{
			{"stream", m.Streams + m.OnDemandStreams},
			{"seen", m.Streams - 1}, // of a rig
			{"code", m.Functions},
			{"bucket", m.Buckets},
			{"flow", m.DeliveryStreams},
		} {
			if n.made > 0 {
				list = append(list, name(kinds[n.what], base+"-"+n.what))
			}
		}
	}
	if needFunction(cases) {
		add(firstFunction, probed)
	}
	for i := range cases {
		add(cases[i].Name, cases[i].Makes)
	}
	return list
}
