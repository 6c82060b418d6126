package target

import (
	"strings"
	"testing"

	"github.com/wavetank/wavetank/scenarios"
)

func TestBeyond(t *testing.T) {
	for name, tt := range map[string]struct {
		set           []string
		want, without string // ""; "": nothing is beyond
	}{
		"nothing":      {nil, "", ""},
		"AWS's limits": {[]string{"limits=aws"}, "", ""},
		"limits":       {[]string{"limits=off"}, "limits: only simulate", "limits=aws"},
		"a fault":      {[]string{"faults=[{at: 1s, for: 1s, latency: {add: 1s}}]"}, "faults: only simulate", "faults=[]"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := scenarios.Open("clickstream", tt.set)
			if err != nil {
				t.Fatal(err)
			}
			part := Beyond(s)
			switch {
			case tt.want == "":
				if part != nil {
					t.Errorf("beyond is %+v", part)
				}
			case part == nil || !strings.HasPrefix(part.Why, tt.want) || part.Without != tt.without:
				t.Errorf("beyond is %+v, want %s, %s", part, tt.want, tt.without)
			default:
				if s, err = scenarios.Open("clickstream", append(tt.set, part.Without)); err != nil || Beyond(s) != nil {
					t.Errorf("with %s there is %+v, %v", part.Without, Beyond(s), err)
				}
			}
		})
	}
}

func TestOfAWS(t *testing.T) {
	for host, want := range map[string]bool{
		"kinesis.eu-central-1.amazonaws.com": true, "AMAZONAWS.COM": true, "kinesis.cn-north-1.amazonaws.com.cn": true, "kinesis.us-east-1.api.aws": true,
		"kinesis.eu-central-1.amazonaws.com.": true, "127.0.0.1": false, "localhost": false, "notamazonaws.com": false, "amazonaws.com.example": false, "": false,
	} {
		if got := OfAWS(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
