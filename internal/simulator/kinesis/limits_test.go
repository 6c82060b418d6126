package kinesis

import (
	"fmt"
	"testing"
	"time"
)

// TestCountsAreLimits: what AWS allows so many of is a limit, which a test or a scenario may set.
func TestCountsAreLimits(t *testing.T) {
	tests := []struct {
		name    string
		aws     int
		set     func(*Limits, int)
		do      func(*Service, int) error
		code    string
		message string // with the number
	}{
		{
			"streams that are CREATING", 5, func(l *Limits, n int) { l.CreatingStreams = n },
			func(s *Service, i int) error {
				return s.CreateStream(CreateStreamInput{StreamName: new(fmt.Sprint("s", i)), ShardCount: new(int32(1))})
			},
			codeLimitExceeded, "Rate exceeded for account 123456789012: %d streams are in the state CREATING.",
		},
		{
			"consumers that are CREATING", 5, func(l *Limits, n int) { l.CreatingConsumers = n },
			func(s *Service, i int) error {
				_, err := s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: new(arnOfS), ConsumerName: new(fmt.Sprint("c", i))})
				return err
			},
			codeLimitExceeded, "Rate exceeded for stream s under account 123456789012: %d consumers are in the state CREATING.",
		},
		{
			"encryptions in a day", 25, func(l *Limits, n int) { l.Encryptions = n },
			func(s *Service, i int) error { return startEncryption(s, fmt.Sprint("alias/key-", i)) },
			codeLimitExceeded, "The encryption of stream s under account 123456789012 was changed %d times in the last 24 hours.",
		},
		{
			"tags", 50, func(l *Limits, n int) { l.Tags = n },
			func(s *Service, i int) error {
				return s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: map[string]string{fmt.Sprint("key", i): ""}})
			},
			codeInvalidArgument, "Failed to add tags to stream s under account 123456789012 because a given stream cannot have more than %d tags associated with it.",
		},
	}
	for _, tt := range tests {
		for _, most := range []int{0, 3, 70} {
			t.Run(fmt.Sprint(tt.name, " ", most), func(t *testing.T) {
				var l Limits
				tt.set(&l, most)
				s := newStream(t, Config{Limits: l}, "s", 1)
				s.cfg.Model.Creating, s.cfg.Model.Registering = time.Minute, time.Minute
				s.cfg.Limits.Consumers = 100
				if most == 0 {
					most = tt.aws
				}
				for i := range most {
					if err := tt.do(s, i); err != nil {
						t.Fatalf("%d of %d: %v", i+1, most, err)
					}
				}
				want(t, tt.do(s, most), tt.code, fmt.Sprintf(tt.message, most))
			})
		}
	}
}
