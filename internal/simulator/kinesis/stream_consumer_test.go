package kinesis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

const streamS = "arn:aws:kinesis:us-east-1:123456789012:stream/s"

// register makes a consumer of the stream s and returns its ARN.
func register(t testing.TB, s *Service, name string) string {
	t.Helper()
	out, err := s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: new(s.StreamARN("s")), ConsumerName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out.Consumer.ConsumerARN
}

// state is a consumer's state, "" where it is not there.
func state(t *testing.T, s *Service, arn string) string {
	t.Helper()
	out, err := s.DescribeStreamConsumer(DescribeStreamConsumerInput{ConsumerARN: &arn})
	if e := (*Error)(nil); errors.As(err, &e) && e.Code == codeNotFound {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.ConsumerDescription.ConsumerStatus
}

// TestConsumerStates: CREATING, ACTIVE, DELETING, gone; the name is taken as long as the consumer is there, and one that is
// registered again has another ARN.
func TestConsumerStates(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Registering: 10 * time.Second, Deregistering: 5 * time.Second}}, "s", 1)
	arn := register(t, s, "c")
	if want := fmt.Sprintf("%s/consumer/c:%d", streamS, clock.Epoch.Unix()); arn != want {
		t.Errorf("ARN %s, want %s", arn, want)
	}
	again := func() error {
		_, err := s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: new(streamS), ConsumerName: new("c")})
		return err
	}
	steps := []struct {
		at    time.Duration
		do    func() error
		state string
	}{
		{0, nil, statusCreating},
		{9 * time.Second, nil, statusCreating},
		{10 * time.Second, nil, statusActive},
		{20 * time.Second, func() error { return s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: &arn}) }, statusDeleting},
		{22 * time.Second, func() error { return s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: &arn}) }, statusDeleting},
		{25 * time.Second, nil, ""},
	}
	for _, step := range steps {
		c.RunUntil(clock.Epoch.Add(step.at))
		if step.do != nil {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
		}
		if got := state(t, s, arn); got != step.state {
			t.Errorf("after %v: %q, want %q", step.at, got, step.state)
		}
		if step.state != "" {
			want(t, again(), codeInUse, "Consumer c under stream s already exists for account 123456789012.")
		}
	}
	if next := register(t, s, "c"); next == arn {
		t.Errorf("registered again it is %s as before", next)
	}
}

// TestAConsumerThatIsRegisteredAgainHasAnotherARN within the same second, too.
func TestAConsumerThatIsRegisteredAgainHasAnotherARN(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	seen := map[string]bool{}
	for range 5 {
		arn := register(t, s, "c")
		if seen[arn] {
			t.Fatalf("%s a second time", arn)
		}
		seen[arn] = true
		if err := s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: &arn}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestConsumerLimits: 20 consumers a stream, five of them CREATING, 50 tags.
func TestConsumerLimits(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Registering: time.Second}}, "s", 1)
	in := func(name string) RegisterStreamConsumerInput {
		return RegisterStreamConsumerInput{StreamARN: new(streamS), ConsumerName: &name}
	}
	for i := range 20 {
		if i > 0 && i%5 == 0 {
			_, err := s.RegisterStreamConsumer(in("sixth"))
			want(t, err, codeLimitExceeded, "Rate exceeded for stream s under account 123456789012: 5 consumers are in the state CREATING.")
			c.RunUntil(c.Now().Add(time.Second))
		}
		register(t, s, fmt.Sprintf("c-%02d", i))
	}
	c.RunUntil(c.Now().Add(time.Second))
	_, err := s.RegisterStreamConsumer(in("c-20"))
	want(t, err, codeLimitExceeded, "This request would exceed the limit of 20 consumers for stream s under account 123456789012.")
	summary, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
	if err != nil || summary.StreamDescriptionSummary.ConsumerCount != 20 {
		t.Errorf("summary %+v, %v", summary, err)
	}
	tagged := in("tagged")
	tagged.Tags = map[string]string{}
	_, err = s.RegisterStreamConsumer(tagged)
	want(t, err, codeValidation, "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: "+
		"Member must have length greater than or equal to 1")
	for i := range 51 {
		tagged.Tags[fmt.Sprint(i)] = ""
	}
	_, err = s.RegisterStreamConsumer(tagged)
	want(t, err, codeInvalidArgument, "Failed to register consumer because a given stream cannot have more than 50 tags associated with it.")
}

// TestConsumerSelection: by its ARN, by its stream and its name, or by all three where they do not conflict.
func TestConsumerSelection(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	arn := register(t, s, "c")
	const few = "InvalidArgumentException: Either ConsumerARN or both StreamARN and ConsumerName must be provided."
	tests := []struct {
		name                  string
		arn, consumer, stream *string
		failure               string
	}{
		{"its ARN", &arn, nil, nil, ""},
		{"its stream and name", nil, new("c"), new(streamS), ""},
		{"all three", &arn, new("c"), new(streamS), ""},
		{"nothing", nil, nil, nil, few},
		{"its name", nil, new("c"), nil, few},
		{"its stream", nil, nil, new(streamS), few},
		{"another name beside", &arn, new("d"), nil, "InvalidArgumentException: ConsumerARN " + arn + " conflicts with StreamARN or ConsumerName."},
		{"another stream beside", &arn, nil, new(streamS + "2"), "InvalidArgumentException: ConsumerARN " + arn + " conflicts with StreamARN or ConsumerName."},
		{"another second", new(streamS + "/consumer/c:1"), nil, nil, "ResourceNotFoundException: Consumer " + streamS + "/consumer/c:1, account 123456789012 not found."},
		{"another name", nil, new("d"), new(streamS), "ResourceNotFoundException: Consumer d, account 123456789012 not found."},
		{"a stream that is not there", nil, new("c"), new(streamS + "2"), "ResourceNotFoundException: Stream s2 under account 123456789012 not found."},
		{"no ARN of a consumer", new(streamS), nil, nil, "ValidationException: 1 validation error detected: Value '" + streamS + "' at 'consumerARN' failed to " +
			"satisfy constraint: Member must satisfy regular expression pattern: " + consumerARNRule.pattern.text},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.DescribeStreamConsumer(DescribeStreamConsumerInput{ConsumerARN: tt.arn, ConsumerName: tt.consumer, StreamARN: tt.stream})
			switch {
			case tt.failure == "" && err != nil, tt.failure != "" && (err == nil || err.Error() != tt.failure):
				t.Errorf("error %v, want %s", err, tt.failure)
			case err == nil && (out.ConsumerDescription.ConsumerARN != arn || out.ConsumerDescription.StreamARN != streamS):
				t.Errorf("described is %+v", out.ConsumerDescription)
			}
			if tt.failure == "" {
				return
			}
			err = s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: tt.arn, ConsumerName: tt.consumer, StreamARN: tt.stream})
			if err == nil || err.Error() != tt.failure {
				t.Errorf("deregister: %v, want %s", err, tt.failure)
			}
		})
	}
}

// TestListStreamConsumersPages: pages in the order of the names; a token belongs to its stream and lives 300 s.
func TestListStreamConsumersPages(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for _, name := range strings.Split("dbeac", "") {
		register(t, s, name)
	}
	in := ListStreamConsumersInput{StreamARN: new(streamS), MaxResults: new(int32(2))}
	var pages []string
	var first string
	for {
		out, err := s.ListStreamConsumers(in)
		if err != nil {
			t.Fatal(err)
		}
		page := ""
		for _, c := range out.Consumers {
			page += c.ConsumerName
		}
		pages = append(pages, page)
		if out.NextToken == "" {
			break
		}
		in.NextToken = &out.NextToken
		if first == "" {
			first = out.NextToken
		}
	}
	if got := strings.Join(pages, " "); got != "ab cd e" {
		t.Errorf("pages %s", got)
	}
	in.NextToken = &first
	other := in
	other.StreamCreationTimestamp = &Timestamp{clock.Epoch}
	_, err := s.ListStreamConsumers(other)
	want(t, err, codeInvalidArgument, "NextToken and StreamCreationTimestamp cannot be provided together.")
	for _, token := range []string{"x", (token{stream: "s", shard: "a", issued: 1}).String(), consumerToken{0, clock.Epoch.UnixNano(), "t", "a"}.String()} {
		other := in
		other.NextToken = &token
		_, err = s.ListStreamConsumers(other)
		want(t, err, codeInvalidArgument, "Invalid NextToken.")
	}
	other = ListStreamConsumersInput{StreamARN: new(streamS), StreamCreationTimestamp: &Timestamp{clock.Epoch.Add(-time.Hour)}}
	_, err = s.ListStreamConsumers(other)
	want(t, err, codeNotFound, "Stream s under account 123456789012 not found.")
	foreign := consumerToken{clock.Epoch.UnixMilli(), clock.Epoch.UnixNano() - 1, "s", "a"}.String() // of a stream that had the name before
	other = in
	other.NextToken = &foreign
	_, err = s.ListStreamConsumers(other)
	want(t, err, codeNotFound, "Stream s under account 123456789012 not found.")
	c.RunUntil(clock.Epoch.Add(300 * time.Second))
	if _, err := s.ListStreamConsumers(in); err != nil {
		t.Errorf("after 300 s: %v", err)
	}
	c.RunUntil(clock.Epoch.Add(300*time.Second + time.Millisecond))
	var e *Error
	if _, err := s.ListStreamConsumers(in); !errors.As(err, &e) || e.Code != codeExpiredNextToken {
		t.Errorf("an old token: %v", err)
	}
}

// TestDeleteStreamWithConsumers: only where their deletion is enforced; a new stream of the name has none.
func TestDeleteStreamWithConsumers(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Deleting: 10 * time.Second}}, "s", 1)
	arn := register(t, s, "c")
	refusal := "DeleteStream can't delete 123456789012:s because there are consumers associated with this data stream. To delete s anyway, set " +
		"the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it."
	want(t, s.DeleteStream(DeleteStreamInput{StreamName: new("s")}), codeInUse, refusal)
	want(t, s.DeleteStream(DeleteStreamInput{StreamName: new("s"), EnforceConsumerDeletion: new(false)}), codeInUse, refusal)
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s"), EnforceConsumerDeletion: new(true)}); err != nil {
		t.Fatal(err)
	}
	if got := state(t, s, arn); got != statusDeleting {
		t.Errorf("the consumer is %s", got)
	}
	_, err := s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: new(streamS), ConsumerName: new("d")})
	want(t, err, codeInUse, "Stream s under account 123456789012 not ACTIVE, instead in state DELETING")
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	out, err := s.ListStreamConsumers(ListStreamConsumersInput{StreamARN: new(streamS)})
	if err != nil || len(out.Consumers) != 0 {
		t.Errorf("a new stream has the consumers %+v, %v", out, err)
	}
}
