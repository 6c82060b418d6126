package kinesis

import "sync"

// callRate is how often a control-plane operation may be called.
type callRate struct {
	calls int64 // a second, and the burst
	scope scope
}

// scope is what a rate of calls is counted for.
type scope int

const (
	ofAccount scope = iota // in one region
	ofStream
	disputed // of a stream by the developer guide (Q), of the account by the API reference (SDK): Model.CallsOfAccount
)

// callRates are the documented rates (developer guide, "Quotas and limits"; API reference). What is not in it has none.
var callRates = map[string]callRate{
	"AddTagsToStream":               {5, ofAccount},
	"CreateChannel":                 {5, ofAccount},
	"CreateStream":                  {5, ofAccount},
	"DecreaseStreamRetentionPeriod": {5, ofStream},
	"DeleteChannel":                 {5, ofAccount},
	"DeleteResourcePolicy":          {5, ofAccount},
	"DeleteStream":                  {5, ofAccount},
	"DeregisterStreamConsumer":      {5, ofStream},
	"DescribeAccountSettings":       {5, ofAccount},
	"DescribeChannel":               {5, ofAccount},
	"DescribeLimits":                {1, ofAccount},
	"DescribeStream":                {10, ofAccount},
	"DescribeStreamConsumer":        {20, ofStream},
	"DescribeStreamSummary":         {20, ofAccount},
	"DisableEnhancedMonitoring":     {5, ofStream},
	"EnableEnhancedMonitoring":      {5, ofStream},
	"GetResourcePolicy":             {5, ofAccount},
	"IncreaseStreamRetentionPeriod": {5, ofStream},
	"ListChannels":                  {5, ofAccount},
	"ListShards":                    {1000, ofStream},
	"ListStreamConsumers":           {5, ofStream},
	"ListStreams":                   {5, ofAccount},
	"ListTagsForStream":             {5, disputed},
	"MergeShards":                   {5, disputed},
	"PutResourcePolicy":             {5, ofAccount},
	"RegisterStreamConsumer":        {5, disputed},
	"RemoveTagsFromStream":          {5, disputed},
	"SplitShard":                    {5, disputed},
	"UpdateAccountSettings":         {5, ofAccount},
	"UpdateChannel":                 {5, ofAccount},
	"UpdateShardCount":              {10, ofAccount}, // whose the 10 are is not documented
	"UpdateStreamWarmThroughput":    {5, ofAccount},
}

// calls counts the calls of control-plane operations. It is safe for concurrent use; the zero value has counted nothing.
type calls struct {
	mu      sync.Mutex
	buckets map[string]*bucket // by operation
}

// Admit counts one call of a control-plane operation, or refuses it with LimitExceededException where the account or the
// stream is over AWS's rate for it (the text was seen on AWS with a stream's name). The wire's server asks it for each
// request; the operations themselves do not, so that a set-up in the process is never throttled. stream is the one that
// the request names, if any. Operations without a documented rate are always admitted.
func (s *Service) Admit(operation, stream string) error {
	rate, limited := callRates[operation]
	if !limited {
		return nil
	}
	counted := &s.calls
	if rate.scope == ofStream || rate.scope == disputed && !s.cfg.Model.CallsOfAccount {
		st, err := s.find(stream)
		if err != nil {
			return nil // the operation itself says what is wrong
		}
		counted = &st.calls
	}
	if counted.admit(operation, s.cfg.Limits.Calls[operation], s.cfg.Clock.Now().UnixNano()) {
		return nil
	}
	if stream == "" {
		return errorf(codeLimitExceeded, "Rate exceeded for account %s.", s.cfg.Account)
	}
	return errorf(codeLimitExceeded, "Rate exceeded for stream %s under account %s.", stream, s.cfg.Account)
}

func (c *calls) admit(operation string, rate, now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.buckets[operation]
	if b == nil {
		if c.buckets == nil {
			c.buckets = make(map[string]*bucket)
		}
		b = new(newBucket(rate, rate, now))
		c.buckets[operation] = b
	}
	return b.admit(now)
}
