package kinesis

import "time"

// ListShards
//
// Emulated: all members and all six shard filters; pages of at most 1,000 shards; a token is valid for 300 s.
// A stream that is CREATING shows no shards (kinesalite).
// Source: API reference ListShards and ShardFilter; error texts as observed by kinesalite.

// ListShardsInput is ListShards's request.
type ListShardsInput struct {
	StreamName, StreamARN   *string
	NextToken               *string
	ExclusiveStartShardId   *string
	MaxResults              *int32
	StreamCreationTimestamp *Timestamp
	ShardFilter             *ShardFilter
}

// ShardFilter selects the shards to list.
type ShardFilter struct {
	Type      *string
	ShardId   *string
	Timestamp *Timestamp
}

// ListShardsOutput is ListShards's answer.
type ListShardsOutput struct {
	Shards    []Shard
	NextToken string `json:",omitzero"`
}

const (
	shardsPerPage = 1000              // of one ListShards (API reference, MaxResults)
	tokenAge      = 300 * time.Second // how long a token is valid (API reference, NextToken)
)

var filterRule = rule{required: true, enum: []string{
	"AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP",
}}

// ListShards lists the shards of a stream in the order of their ids.
func (s *Service) ListShards(in ListShardsInput) (*ListShardsOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	from, err := s.listFrom(&in, now)
	if err != nil {
		return nil, err
	}
	name := from.stream
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	t, created := in.StreamCreationTimestamp, st.created.UnixNano()
	if t != nil && t.Unix() != st.created.Unix() || in.NextToken != nil && from.created != created {
		return nil, s.noStream(name) // another one had the name
	}
	most := shardsPerPage
	if in.MaxResults != nil {
		most = min(most, int(*in.MaxResults))
	}
	if status, _ := st.status(now); status == statusCreating {
		return &ListShardsOutput{Shards: []Shard{}}, nil
	}
	listed, more := st.page(now.UnixNano(), from.after, most, from.filter.filter(st.horizon(now.UnixNano())))
	out := &ListShardsOutput{Shards: describe(listed)}
	if more {
		next := token{stream: name, created: created, shard: listed[most-1].id, issued: now.UnixMilli(), filter: from.filter}
		out.NextToken = next.String()
	}
	return out, nil
}

func (in *ListShardsInput) check() error {
	var c checks
	c.text("exclusiveStartShardId", in.ExclusiveStartShardId, nameRule)
	c.number("maxResults", in.MaxResults, 1, 10000)
	c.text("nextToken", in.NextToken, tokenRule)
	if f := in.ShardFilter; f != nil {
		c.text("shardFilter.shardId", f.ShardId, nameRule)
		c.text("shardFilter.type", f.Type, filterRule)
	}
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return err
	}
	switch f := in.ShardFilter; {
	case f == nil:
	case *f.Type == "AFTER_SHARD_ID" && f.ShardId == nil:
		return errorf(codeInvalidArgument, "ShardFilter of type AFTER_SHARD_ID requires ShardId.")
	case (*f.Type == "AT_TIMESTAMP" || *f.Type == "FROM_TIMESTAMP") && f.Timestamp == nil:
		return errorf(codeInvalidArgument, "ShardFilter of type %s requires Timestamp.", *f.Type)
	}
	return nil
}

// listing is where a page of shards begins.
type listing struct {
	stream  string
	created int64   // of the stream, by the token
	after   *string // the shard before the first one; nil: there is none
	filter  *ShardFilter
}

// listFrom is the stream to list and the shard after which the page begins. A token holds both, and the filter; a StreamARN
// beside it is only looked at to see that it does not speak of another stream, and a ShardFilter beside it not at all.
func (s *Service) listFrom(in *ListShardsInput, now time.Time) (from listing, err error) {
	if in.NextToken == nil {
		if in.StreamName == nil && in.StreamARN == nil {
			return listing{}, errorf(codeInvalidArgument, "Either NextToken or StreamName should be provided.")
		}
		from.after, from.filter = in.ExclusiveStartShardId, in.ShardFilter
		if f := in.ShardFilter; f != nil && *f.Type == "AFTER_SHARD_ID" {
			from.after = f.ShardId
		}
		from.stream, err = s.streamOf(in.StreamName, in.StreamARN)
		return from, err
	}
	switch {
	case in.StreamName != nil:
		return listing{}, errorf(codeInvalidArgument, "NextToken and StreamName cannot be provided together.")
	case in.StreamCreationTimestamp != nil:
		return listing{}, errorf(codeInvalidArgument, "NextToken and StreamCreationTimestamp cannot be provided together.")
	case in.ExclusiveStartShardId != nil:
		return listing{}, errorf(codeInvalidArgument, "NextToken and ExclusiveStartShardId cannot be provided together.")
	}
	t, ok := parseToken(*in.NextToken)
	if !ok {
		return listing{}, errInvalidToken()
	}
	if in.StreamARN != nil {
		switch name, err := s.streamOf(nil, in.StreamARN); {
		case err != nil:
			return listing{}, err
		case name != t.stream:
			return listing{}, errInvalidToken()
		}
	}
	if now.UnixMilli()-t.issued > tokenAge.Milliseconds() {
		return listing{}, errorf(codeExpiredNextToken, "NextToken expired. The token was created at time %s while right now it is %s.",
			amazonTime(t.issued), amazonTime(now.UnixMilli()))
	}
	return listing{t.stream, t.created, &t.shard, t.filter}, nil
}

// filter is the filter's choice; nil where there is no filter.
func (f *ShardFilter) filter(horizon int64) func(*shard) bool {
	if f == nil {
		return nil
	}
	return func(sh *shard) bool { return f.keeps(sh, horizon) }
}

// keeps tells whether a listed shard is of the filter's choice.
func (f *ShardFilter) keeps(sh *shard, horizon int64) bool {
	switch *f.Type {
	case "AT_LATEST":
		return sh.closed == 0
	case "AT_TRIM_HORIZON":
		return sh.openAt(horizon) || sh.started > horizon && len(sh.parents) == 0 // the first shards of a younger stream
	case "AT_TIMESTAMP":
		return sh.openAt(f.Timestamp.UnixNano())
	case "FROM_TIMESTAMP":
		return sh.closed == 0 || sh.closed/1e6 >= max(f.Timestamp.UnixNano(), horizon)/1e6
	}
	return true // FROM_TRIM_HORIZON, AFTER_SHARD_ID
}

// openAt tells whether the shard was open at an instant, both ends included (API reference, ShardFilter). What is shown of times,
// and comes back as a filter, has milliseconds.
func (s *shard) openAt(t int64) bool {
	return s.started/1e6 <= t/1e6 && (s.closed == 0 || s.closed/1e6 >= t/1e6)
}
