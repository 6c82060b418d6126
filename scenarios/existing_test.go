package scenarios

import (
	"maps"
	"slices"
	"testing"
)

// A run makes what is not there already. A scenario without the key makes all of it, and its digest is what it was.
func TestToMake(t *testing.T) {
	const pipeline = `
version: 1
pipeline:
  streams: {orders: {}, returns: {}}
  functions: {mine: {eventSources: [{stream: orders}]}, modelled: {eventSources: [{stream: orders}]}}
  deliveryStreams: {archive: {source: orders, s3: {bucket: orders}}, attic: {source: returns, s3: {bucket: attic}}}
  consumers: {dashboard: {stream: orders}}
`
	rows := []struct {
		name, existing                      string
		streams, functions, deliveryStreams []string
	}{
		{"nothing is there", "", []string{"orders", "returns"}, []string{"mine", "modelled"}, []string{"archive", "attic"}},
		{"an empty key", "existing: {}", []string{"orders", "returns"}, []string{"mine", "modelled"}, []string{"archive", "attic"}},
		{
			"some", "existing: {streams: {orders: }, functions: {mine: {}}, deliveryStreams: {archive: }}",
			[]string{"returns"},
			[]string{"modelled"},
			[]string{"attic"},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, err := Parse("orders.yaml", []byte(pipeline+row.existing), nil)
			if err != nil {
				t.Fatal(err)
			}
			p := s.ToMake()
			for _, got := range []struct{ names, want []string }{
				{sortedKeys(p.Streams), row.streams},
				{sortedKeys(p.Functions), row.functions},
				{sortedKeys(p.DeliveryStreams), row.deliveryStreams},
			} {
				if !slices.Equal(got.names, got.want) {
					t.Errorf("to make: %v, want %v", got.names, got.want)
				}
			}
			if len(p.Consumers) != 1 || len(s.Pipeline.Streams) != 2 {
				t.Error("the consumer is gone, or the scenario was changed")
			}
			if s.Existing.Empty() != maps.Equal(s.Pipeline.Streams, p.Streams) {
				t.Errorf("empty: %v", s.Existing.Empty())
			}
			again, err := Parse("orders.yaml", s.Resolved(), nil)
			if err != nil || again.Digest() != s.Digest() {
				t.Errorf("resolved and read again: %v", err)
			}
		})
	}
}
