package kinesis

import (
	"encoding/binary"
	"slices"
	"sort"
	"strconv"
	"time"
)

// ListChannels
//
// Emulated: all members; pages of at most 100 channels. A filter for a stream that is not there finds nothing: the reference
// lists no ResourceNotFoundException. AWS documents no order, here it is that of the names, and no life of a token, here it is the
// 300 s of the other lists.
// Source: API reference ListChannels; developer guide "Delivery quotas and limits".

// ListChannelsInput is ListChannels's request.
type ListChannelsInput struct {
	StreamFilter []StreamFilter
	MaxResults   *int32
	NextToken    *string
}

// StreamFilter is a stream whose channels are listed.
type StreamFilter struct {
	StreamARN               *string
	StreamCreationTimestamp *Timestamp
}

// ListChannelsOutput is ListChannels's answer.
type ListChannelsOutput struct {
	ChannelSummaries []ChannelSummary
	NextToken        string `json:",omitzero"`
}

// ChannelSummary is a channel as ListChannels shows it.
type ChannelSummary struct {
	ChannelName              string
	ChannelARN               string
	ChannelId                string
	ChannelStatus            string
	ChannelCreationTimestamp Timestamp
	ChannelDestinationType   string
	Streams                  []ChannelStreamIdentifier
}

// ChannelStreamIdentifier is the stream of a channel.
type ChannelStreamIdentifier struct {
	StreamARN               string
	StreamCreationTimestamp Timestamp
}

const (
	listedChannels  = 100    // of one ListChannels (API reference, MaxResults)
	filteredStreams = 10_000 // of one ListChannels (service model)
	channelToken    = 'd'    // the kind of ListChannels's tokens
)

// ListChannels lists the channels of the account.
func (s *Service) ListChannels(in ListChannelsInput) (*ListChannelsOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	from, err := in.from(now)
	if err != nil {
		return nil, err
	}
	most := listedChannels
	if in.MaxResults != nil {
		most = min(most, int(*in.MaxResults))
	}
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	all := s.channelsAt(now)
	all = all[sort.Search(len(all), func(i int) bool { return all[i].name > from }):]
	out := &ListChannelsOutput{ChannelSummaries: []ChannelSummary{}}
	last := ""
	for _, ch := range all {
		if !in.wants(ch) {
			continue
		}
		if len(out.ChannelSummaries) == most {
			out.NextToken = seal(channelToken, appendText(binary.AppendVarint(nil, now.UnixMilli()), last))
			break
		}
		out.ChannelSummaries = append(out.ChannelSummaries, ch.summary(now))
		last = ch.name
	}
	return out, nil
}

func (in *ListChannelsInput) check() error {
	var c checks
	if in.StreamFilter != nil && len(in.StreamFilter) == 0 {
		c.add("streamFilter", "'[]'", "have length greater than or equal to 1")
	}
	if n := len(in.StreamFilter); n > filteredStreams {
		c.add("streamFilter", "'["+strconv.Itoa(n)+" streams]'", "have length less than or equal to "+strconv.Itoa(filteredStreams))
	}
	for i, f := range in.StreamFilter {
		c.text("streamFilter."+strconv.Itoa(i+1)+".member.streamARN", f.StreamARN, arnRule.needed())
	}
	c.number("maxResults", in.MaxResults, 1, 10_000)
	c.text("nextToken", in.NextToken, tokenRule)
	return c.err()
}

// from is the name after which the page begins; "" begins with the first.
func (in *ListChannelsInput) from(now time.Time) (name string, err error) {
	if in.NextToken == nil {
		return "", nil
	}
	b, ok := unseal(channelToken, *in.NextToken)
	if !ok {
		return "", errInvalidToken()
	}
	issued, n := binary.Varint(b)
	if n <= 0 {
		return "", errInvalidToken()
	}
	if now.UnixMilli()-issued > tokenAge.Milliseconds() {
		return "", errorf(codeExpiredNextToken, "NextToken expired. The token was created at time %s while right now it is %s.",
			amazonTime(issued), amazonTime(now.UnixMilli()))
	}
	cutText(b[n:], &name)
	return name, nil
}

// wants tells whether a channel passes the filter.
func (in *ListChannelsInput) wants(ch *channel) bool {
	return in.StreamFilter == nil || slices.ContainsFunc(in.StreamFilter, func(f StreamFilter) bool {
		at := f.StreamCreationTimestamp
		return *f.StreamARN == ch.streamARN && (at == nil || at.Unix() == ch.streamCreated.Unix())
	})
}

func (ch *channel) summary(now time.Time) ChannelSummary {
	status, _ := ch.status(now)
	return ChannelSummary{
		ChannelName: ch.name, ChannelARN: ch.arn, ChannelId: ch.id, ChannelStatus: status,
		ChannelCreationTimestamp: Timestamp{ch.created}, ChannelDestinationType: "S3",
		Streams: []ChannelStreamIdentifier{{ch.streamARN, Timestamp{ch.streamCreated}}},
	}
}
