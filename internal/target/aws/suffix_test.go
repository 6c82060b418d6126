package aws

import "testing"

// With a suffix everything has a name of its own at the endpoint, and the run keeps the scenario's names.
func TestSuffix(t *testing.T) {
	n := newNames(nil, "0a1b", ownedPipeline)
	for _, kind := range []string{kindStream, kindFunction, kindDeliveryStream, kindBucket} {
		for owned, at := range n.owned {
			if owned.kind == kind && at != owned.base+"-0a1b" {
				t.Errorf("%s %s is called %s", kind, owned.base, at)
			}
		}
	}
	for _, own := range []string{receipts, ceilingStream} {
		if at := n.at(kindStream, own); at != own+"-0a1b" || n.stream(at) != own {
			t.Errorf("%s is called %s, and read back as %s", own, at, n.stream(at))
		}
	}
	if plain := newNames(nil, "", ownedPipeline); plain.at(kindStream, "s") != "s" || plain.stream("s") != "s" {
		t.Error("without a suffix names are the scenario's")
	}
}
