package kinesis

import (
	"slices"
	"strconv"
)

// shardMetrics are the shard-level metrics in the order of the service model's enumeration. ALL is all of them.
var shardMetrics = []string{
	"IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords", "WriteProvisionedThroughputExceeded",
	"ReadProvisionedThroughputExceeded", "IteratorAgeMilliseconds",
}

const allMetrics = "ALL"

// EnhancedMonitoringInput is the request of EnableEnhancedMonitoring and of DisableEnhancedMonitoring.
type EnhancedMonitoringInput struct {
	StreamName, StreamARN *string
	ShardLevelMetrics     []string
}

// EnhancedMonitoringOutput is their answer: what was switched on before and what is now.
type EnhancedMonitoringOutput struct {
	StreamName               string
	StreamARN                string
	CurrentShardLevelMetrics []string
	DesiredShardLevelMetrics []string
}

// monitor switches metrics on or off.
func (s *Service) monitor(in EnhancedMonitoringInput, on bool) (*EnhancedMonitoringOutput, error) {
	name, err := s.checkMonitoring(&in)
	if err != nil {
		return nil, err
	}
	st, err := s.lockActive(name, s.cfg.Clock.Now())
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	before, after := st.settings.Load().monitored, []string{}
	for _, m := range shardMetrics {
		named := slices.Contains(in.ShardLevelMetrics, m) || slices.Contains(in.ShardLevelMetrics, allMetrics)
		if named && on || !named && slices.Contains(before, m) {
			after = append(after, m)
		}
	}
	st.set(func(set *settings) { set.monitored = after })
	return &EnhancedMonitoringOutput{
		StreamName: name, StreamARN: s.StreamARN(name),
		CurrentShardLevelMetrics: append([]string{}, before...), DesiredShardLevelMetrics: slices.Clone(after),
	}, nil
}

func (s *Service) checkMonitoring(in *EnhancedMonitoringInput) (string, error) {
	var c checks
	c.list("shardLevelMetrics", in.ShardLevelMetrics, len(shardMetrics))
	enum := rule{enum: append(slices.Clone(shardMetrics), allMetrics)}
	for i, m := range in.ShardLevelMetrics {
		c.text("shardLevelMetrics."+strconv.Itoa(i+1)+".member", &m, enum)
	}
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return "", err
	}
	return s.streamOf(in.StreamName, in.StreamARN)
}
