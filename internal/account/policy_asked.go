package account

import (
	"slices"

	"github.com/wavetank/wavetank/scenarios"
)

// grantsAsked are what a run needs of what it makes only where its scenario asks for it.
var grantsAsked = []struct {
	grant
	asked func(*scenarios.Scenario) bool
}{
	{
		grant{setLoad, "ReshardStreams", []string{"kinesis:UpdateShardCount"}, kind(Stream)},
		func(s *scenarios.Scenario) bool { return len(s.Reshards) > 0 },
	},
	// A consumer's ARN is below its stream's, and begins with it. What deletes a stream with its consumers deregisters them.
	{grant{setMake, "FanOutStreams", []string{
		"kinesis:DeregisterStreamConsumer", "kinesis:DescribeStreamConsumer", "kinesis:RegisterStreamConsumer", "kinesis:SubscribeToShard",
	}, kind(Stream)}, fansOut},
	{grant{setMake, "RetainStreams", []string{"kinesis:IncreaseStreamRetentionPeriod"}, kind(Stream)}, retains},
}

// fansOut tells whether a scenario reads a stream by enhanced fan-out.
func fansOut(s *scenarios.Scenario) bool {
	for name := range s.Pipeline.Streams {
		if len(s.Pipeline.FansOut(name)) > 0 {
			return true
		}
	}
	return false
}

// retains tells whether a scenario makes a stream that keeps its records for longer than 24h.
func retains(s *scenarios.Scenario) bool {
	for _, stream := range s.ToMake().Streams {
		if stream.Retained() {
			return true
		}
	}
	return false
}

// askedStatements are the statements of grantsAsked for a scenario.
func askedStatements(s PolicyScope) (list []Statement) {
	arns := arnsOf(s)
	for _, g := range grantsAsked {
		if g.asked(s.Scenario) {
			list = append(list, Statement{Sid: g.sid, Effect: "Allow", Action: g.actions, Resource: []string{arns[g.on[0]]}})
		}
	}
	return list
}

// carriesOut tells whether a command carries a scenario out.
func carriesOut(command string, s *scenarios.Scenario) bool {
	return s != nil && slices.Contains(commands[command], setTold)
}
