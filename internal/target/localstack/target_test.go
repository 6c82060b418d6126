package localstack

import (
	"errors"
	"net"
	"testing"

	"github.com/wavetank/wavetank/scenarios"
)

// Where Docker's host is this machine deliveries are received at its address; else by the name that Docker Desktop gives.
func TestReachable(t *testing.T) {
	own := func() ([]net.Addr, error) {
		return []net.Addr{
			&net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)},
			&net.IPNet{IP: net.IPv4(172, 17, 0, 1), Mask: net.CIDRMask(16, 32)},
		}, nil
	}
	tests := []struct {
		name, gateway string
		addresses     func() ([]net.Addr, error)
		listen, host  string
	}{
		{"a bridge of this machine", "172.17.0.1", own, "172.17.0.1", "172.17.0.1"},
		{"a bridge of a virtual machine", "172.18.0.1", own, "127.0.0.1", "host.docker.internal"},
		{"the host's own network", "", own, "127.0.0.1", "host.docker.internal"},
		{"nothing is known", "172.17.0.1", func() ([]net.Addr, error) { return nil, errors.New("no") }, "127.0.0.1", "host.docker.internal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if listen, host := reachable(tt.gateway, tt.addresses); listen != tt.listen || host != tt.host {
				t.Errorf("listens on %s, reached as %s; want %s, %s", listen, host, tt.listen, tt.host)
			}
		})
	}
}

// LocalStack maps no stream consumer to a function: that is said by name, before anything is started.
func TestMappingsOfConsumersAreRefused(t *testing.T) {
	for source, want := range map[string]string{
		"{stream: s}": "",
		"{stream: s, enhancedFanOut: true}": "pipeline.functions.f.eventSources.0.enhancedFanOut: LocalStack maps no stream consumer to a function; " +
			"leave it out here (--set pipeline.functions.f.eventSources.0.enhancedFanOut=false)",
	} {
		s, err := scenarios.Parse("test.yaml", []byte("version: 1\npipeline: {streams: {s: {}}, functions: {f: {eventSources: ["+source+"]}}, "+
			"consumers: {c: {stream: s, enhancedFanOut: true}}}\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := mappable(s); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", source, err, want)
		}
	}
}
