package kinesis

import (
	"slices"
	"sort"
)

// ListStreams
//
// Emulated: all members; pages of at most 100 streams, by ExclusiveStartStreamName or NextToken.
// Source: API reference ListStreams.

// ListStreamsInput is ListStreams's request.
type ListStreamsInput struct {
	ExclusiveStartStreamName *string
	Limit                    *int32
	NextToken                *string
}

// ListStreamsOutput is ListStreams's answer.
type ListStreamsOutput struct {
	StreamNames     []string
	StreamSummaries []StreamSummary
	HasMoreStreams  bool
	NextToken       string `json:",omitzero"`
}

// StreamSummary is a stream as ListStreams shows it.
type StreamSummary struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       StreamModeDetails
	StreamCreationTimestamp Timestamp
}

const (
	listedStreams = 100 // of one ListStreams (API reference, Limit)
	streamsToken  = 's' // the kind of ListStreams's tokens, which hold the last name and do not expire: no age is documented
)

// ListStreams lists the streams in the order of their names.
func (s *Service) ListStreams(in ListStreamsInput) (*ListStreamsOutput, error) {
	var c checks
	c.number("limit", in.Limit, 1, 10000)
	c.text("exclusiveStartStreamName", in.ExclusiveStartStreamName, nameRule)
	c.text("nextToken", in.NextToken, tokenRule)
	if err := c.err(); err != nil {
		return nil, err
	}
	most, from := listedStreams, ""
	if in.Limit != nil {
		most = min(most, int(*in.Limit))
	}
	switch {
	case in.NextToken != nil:
		b, ok := unseal(streamsToken, *in.NextToken)
		if !ok {
			return nil, errInvalidToken()
		}
		from = string(b)
	case in.ExclusiveStartStreamName != nil:
		from = *in.ExclusiveStartStreamName
	}
	now := s.cfg.Clock.Now()
	all := s.streamsByName()
	all = all[sort.Search(len(all), func(i int) bool { return all[i].name > from }):]
	out := &ListStreamsOutput{StreamNames: []string{}, StreamSummaries: []StreamSummary{}}
	for _, st := range all {
		st.mu.Lock()
		s.settle(st, now)
		status, there := st.status(now)
		st.mu.Unlock()
		if !there {
			continue
		}
		if len(out.StreamNames) == most {
			out.HasMoreStreams = true
			out.NextToken = seal(streamsToken, []byte(out.StreamNames[most-1]))
			break
		}
		out.StreamNames = append(out.StreamNames, st.name)
		out.StreamSummaries = append(out.StreamSummaries, StreamSummary{
			StreamName: st.name, StreamARN: s.StreamARN(st.name), StreamStatus: status,
			StreamModeDetails: st.modeDetails(), StreamCreationTimestamp: Timestamp{st.created},
		})
	}
	return out, nil
}

func (s *Service) streamsByName() []*stream {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*stream, 0, len(s.streams))
	for _, st := range s.streams {
		all = append(all, st)
	}
	slices.SortFunc(all, func(a, b *stream) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return all
}
