package kinesis

import (
	"encoding/binary"
	"sort"
	"time"
)

// ListStreamConsumers
//
// Emulated: all members but StreamId; pages of at most 100 consumers; a token is valid for 300 s. AWS documents no order;
// here it is that of the names.
// Source: API reference ListStreamConsumers.

// ListStreamConsumersInput is ListStreamConsumers's request.
type ListStreamConsumersInput struct {
	StreamARN               *string
	NextToken               *string
	MaxResults              *int32
	StreamCreationTimestamp *Timestamp
}

// ListStreamConsumersOutput is ListStreamConsumers's answer.
type ListStreamConsumersOutput struct {
	Consumers []Consumer
	NextToken string `json:",omitzero"`
}

const listedConsumers = 100 // of one ListStreamConsumers (API reference, MaxResults)

// ListStreamConsumers lists the consumers of a stream.
func (s *Service) ListStreamConsumers(in ListStreamConsumersInput) (*ListStreamConsumersOutput, error) {
	var c checks
	c.number("maxResults", in.MaxResults, 1, 10000)
	c.text("nextToken", in.NextToken, tokenRule)
	c.text("streamARN", in.StreamARN, arnRule.needed())
	if err := c.err(); err != nil {
		return nil, err
	}
	stream, err := s.streamOf(nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	from, err := in.from(stream, now)
	if err != nil {
		return nil, err
	}
	st, err := s.lock(stream, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	t, created := in.StreamCreationTimestamp, st.created.UnixNano()
	if t != nil && t.Unix() != st.created.Unix() || in.NextToken != nil && from.created != created {
		return nil, s.noStream(stream) // another one had the name
	}
	most := listedConsumers
	if in.MaxResults != nil {
		most = min(most, int(*in.MaxResults))
	}
	all := st.consumersAt(now)
	all = all[sort.Search(len(all), func(i int) bool { return all[i].name > from.consumer }):]
	out := &ListStreamConsumersOutput{Consumers: []Consumer{}}
	for _, c := range all[:min(most, len(all))] {
		out.Consumers = append(out.Consumers, c.show(now))
	}
	if len(all) > most {
		out.NextToken = consumerToken{now.UnixMilli(), created, stream, all[most-1].name}.String()
	}
	return out, nil
}

// from is the token, which says after which consumer the page begins; the zero value begins with the first.
func (in *ListStreamConsumersInput) from(stream string, now time.Time) (t consumerToken, err error) {
	if in.NextToken == nil {
		return t, nil
	}
	if in.StreamCreationTimestamp != nil {
		return t, errorf(codeInvalidArgument, "NextToken and StreamCreationTimestamp cannot be provided together.")
	}
	t, ok := parseConsumerToken(*in.NextToken)
	if !ok || t.stream != stream {
		return t, errInvalidToken()
	}
	if now.UnixMilli()-t.issued > tokenAge.Milliseconds() {
		return t, errorf(codeExpiredNextToken, "NextToken expired. The token was created at time %s while right now it is %s.",
			amazonTime(t.issued), amazonTime(now.UnixMilli()))
	}
	return t, nil
}

// consumerToken is what a NextToken of ListStreamConsumers holds; to clients it is opaque.
type consumerToken struct {
	issued   int64 // unix milliseconds
	created  int64 // of the stream, unix nanoseconds: one of the same name may have been made since
	stream   string
	consumer string // the last one listed
}

// String is the token as it goes over the wire.
func (t consumerToken) String() string {
	b := binary.AppendVarint(binary.AppendVarint(nil, t.issued), t.created)
	return seal('c', appendText(appendText(b, t.stream), t.consumer))
}

func parseConsumerToken(s string) (t consumerToken, ok bool) {
	b, ok := unseal('c', s)
	if !ok {
		return consumerToken{}, false
	}
	issued, n := binary.Varint(b)
	if n <= 0 {
		return consumerToken{}, false
	}
	created, m := binary.Varint(b[n:])
	if m <= 0 {
		return consumerToken{}, false
	}
	t.issued, t.created = issued, created
	cutText(cutText(b[n+m:], &t.stream), &t.consumer)
	return t, true
}
