package target

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// Part is a part of a scenario that not every target can do.
type Part struct {
	Why     string // the part, and who can do it
	Without string // the assignment to the scenario that leaves the part out
}

// Beyond is the first part of a scenario that only simulate and the embedded target can do, and that the run does not measure itself: any
// other target would show the pipeline without it. Nil: there is none.
func Beyond(s *scenarios.Scenario) *Part {
	switch {
	case len(s.Faults) > 0:
		return &Part{"faults: only simulate and the embedded target fail when they are told to", "faults=[]"}
	case s.Limits.Changed():
		return &Part{
			fmt.Sprintf("limits: only simulate and the embedded target have limits that can be changed (here %s)", strings.Join(s.Limits.Words(), ", ")), "limits=aws",
		}
	}
	return nil
}

// OfAWS tells whether a host is one of AWS's own, where every request costs money.
func OfAWS(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, domain := range []string{"amazonaws.com", "amazonaws.com.cn", "api.aws"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
