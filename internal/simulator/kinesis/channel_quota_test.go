package kinesis

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestAChannelIsOfItsStreamAlone: one that is DELETING outlives its stream, and is none of another that has the name.
func TestAChannelIsOfItsStreamAlone(t *testing.T) {
	s, c, _ := newChannels(t, Config{Model: Model{ChannelDeleting: time.Hour}})
	arn := mustChannel(t, s, channelTo("old")).ChannelARN
	if err := errors.Join(s.DeleteChannel(ChannelInput{&arn}), s.DeleteStream(DeleteStreamInput{StreamName: new("s")})); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(time.Minute))
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}}); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		t.Helper()
		d, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
		if err != nil {
			t.Fatal(err)
		}
		return d.StreamDescriptionSummary.ChannelCount
	}
	if n := count(); n != 0 || channelState(t, s, arn) != statusDeleting {
		t.Errorf("a new stream has %d channels, and that of the old one is %q", n, channelState(t, s, arn))
	}
	mustChannel(t, s, channelTo("new"))
	if n := count(); n != 1 {
		t.Errorf("%d channels of it in the end", n)
	}
}

// TestTheAccountsChannelsAreBounded: by what DescribeLimits says, and those of streams that left the on-demand mode count.
func TestTheAccountsChannelsAreBounded(t *testing.T) {
	s, _, _ := newChannels(t, Config{Limits: Limits{OnDemandStreams: 1}})
	if l, err := s.DescribeLimits(DescribeLimitsInput{}); err != nil || l.ChannelCountLimit != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	for i, name := range []string{"s", "t", "u"} {
		if i > 0 {
			err := s.CreateStream(CreateStreamInput{StreamName: &name, StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}})
			if err != nil {
				t.Fatal(err)
			}
		}
		in := channelTo("to-" + name)
		in.StreamConfigurationList[0].StreamARN = new(s.StreamARN(name))
		_, err := s.CreateChannel(in)
		if i == 2 {
			want(t, err, codeLimitExceeded, "This request would exceed the channel limit for the account 123456789012 in us-east-1. Limit: 2.")
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		err = s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: new(s.StreamARN(name)), StreamModeDetails: &StreamModeDetails{new(ModeProvisioned)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if off, _, _ := newChannels(t, Config{Limits: Limits{OnDemandStreams: math.MaxInt32}}); off.mostChannels() != math.MaxInt32 {
		t.Errorf("without limits there may be %d, which no client reads as an integer", off.mostChannels())
	}
}
