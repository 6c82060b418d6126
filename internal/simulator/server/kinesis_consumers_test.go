package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// fanOut is a server on a socket and a real client that speaks HTTP/1.1 or HTTP/2 with it.
type fanOut struct {
	*sdk.Client
	http     *httpclient.Client
	listener *Listener
	server   *Server
	requests sync.WaitGroup // that the server has not finished
	stream   *string        // the ARN of the stream s
}

func newFanOut(t *testing.T, major int, limits kinesis.Limits) *fanOut {
	t.Helper()
	f := &fanOut{server: newServer(t, limits), stream: aws.String("arn:aws:kinesis:eu-west-1:123456789012:stream/s")}
	l, err := Listen(t.Context(), ":0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.requests.Add(1)
		defer f.requests.Done()
		f.server.ServeHTTP(w, r)
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(major == 1)
	protocols.SetUnencryptedHTTP2(major == 2)
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	f.listener, f.http = l, httpclient.New(transport)
	f.Client = f.client()
	return f
}

// client is another client. The subscriptions of one client would race with each other in smithy-go 1.28.9, whose codec of
// event streams belongs to the client and writes to itself.
func (f *fanOut) client() *sdk.Client {
	return sdk.New(sdk.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(f.listener.URL()), Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
		Retryer: aws.NopRetryer{}, HTTPClient: f.http,
	})
}

// register makes a consumer and returns its ARN.
func (f *fanOut) register(t *testing.T, name string) *string {
	t.Helper()
	out, err := f.RegisterStreamConsumer(t.Context(), &sdk.RegisterStreamConsumerInput{StreamARN: f.stream, ConsumerName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out.Consumer.ConsumerARN
}

func (f *fanOut) input(arn *string, position types.ShardIteratorType) *sdk.SubscribeToShardInput {
	return &sdk.SubscribeToShardInput{
		ConsumerARN: arn, ShardId: aws.String("shardId-000000000000"), StartingPosition: &types.StartingPosition{Type: position},
	}
}

func (f *fanOut) subscribe(t *testing.T, arn *string, position types.ShardIteratorType) *sdk.SubscribeToShardEventStream {
	t.Helper()
	out, err := f.client().SubscribeToShard(t.Context(), f.input(arn, position))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.GetStream().Close() })
	return out.GetStream()
}

// put puts records of so many bytes into the shard 0.
func (f *fanOut) put(t *testing.T, count, size int) {
	t.Helper()
	in := &sdk.PutRecordsInput{StreamARN: f.stream}
	for i := range count {
		in.Records = append(in.Records, types.PutRecordsRequestEntry{
			Data: bytes.Repeat([]byte{byte(i)}, size), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0"),
		})
	}
	out, err := f.PutRecords(t.Context(), in)
	if err != nil || *out.FailedRecordCount != 0 {
		t.Fatal(err, out)
	}
}

// next is the next event that has records.
func next(t *testing.T, events *sdk.SubscribeToShardEventStream) types.SubscribeToShardEvent {
	t.Helper()
	for {
		e, open := <-events.Events()
		if !open {
			t.Fatalf("the stream ended: %v", events.Err())
		}
		if event := e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value; len(event.Records) > 0 {
			return event
		}
	}
}

// end waits until a stream ends and returns its error.
func end(events *sdk.SubscribeToShardEventStream) error {
	for range events.Events() {
	}
	return events.Err()
}

// TestSubscribeToShardWithTheRealClient walks through a consumer's life over HTTP/1.1 and HTTP/2.
func TestSubscribeToShardWithTheRealClient(t *testing.T) {
	for _, major := range []int{1, 2} {
		t.Run(fmt.Sprint("HTTP/", major), func(t *testing.T) {
			f := newFanOut(t, major, kinesis.Limits{})
			arn := f.register(t, "c")
			described, err := f.DescribeStreamConsumer(t.Context(), &sdk.DescribeStreamConsumerInput{StreamARN: f.stream, ConsumerName: aws.String("c")})
			if err != nil {
				t.Fatal(err)
			}
			if d := described.ConsumerDescription; *d.ConsumerARN != *arn || d.ConsumerStatus != types.ConsumerStatusActive || *d.StreamARN != *f.stream ||
				time.Since(*d.ConsumerCreationTimestamp) > time.Minute {
				t.Errorf("described %+v", d)
			}
			listed, err := f.ListStreamConsumers(t.Context(), &sdk.ListStreamConsumersInput{StreamARN: f.stream})
			if err != nil || len(listed.Consumers) != 1 || *listed.Consumers[0].ConsumerName != "c" {
				t.Errorf("listed %+v, %v", listed, err)
			}
			events := f.subscribe(t, arn, types.ShardIteratorTypeLatest)
			for range 3 {
				f.put(t, 2, 100)
				e := next(t, events)
				last := e.Records[len(e.Records)-1]
				if len(e.Records) != 2 || len(last.Data) != 100 || last.Data[99] != 1 || *last.PartitionKey != "k" ||
					*e.ContinuationSequenceNumber != *last.SequenceNumber || *e.MillisBehindLatest != 0 {
					t.Errorf("pushed %+v", e)
				}
			}
			_, err = f.DeregisterStreamConsumer(t.Context(), &sdk.DeregisterStreamConsumerInput{ConsumerARN: arn})
			if err != nil {
				t.Fatal(err)
			}
			var gone *types.ResourceNotFoundException
			if err := end(events); !errors.As(err, &gone) || !strings.Contains(gone.ErrorMessage(), *arn) {
				t.Errorf("the stream ended with %v", err)
			}
		})
	}
}

// TestErrorsBeforeTheStream are ordinary answers, which the client knows by their types.
func TestErrorsBeforeTheStream(t *testing.T) {
	t.Parallel()
	f := newFanOut(t, 1, kinesis.Limits{})
	arn := f.register(t, "c")
	missing := f.input(arn, types.ShardIteratorTypeLatest)
	missing.ShardId = aws.String("shardId-000000000099")
	dry := f.input(arn, types.ShardIteratorTypeLatest)
	dry.DryRun = aws.Bool(true)
	var notFound *types.ResourceNotFoundException
	if _, err := f.SubscribeToShard(t.Context(), missing); !errors.As(err, &notFound) {
		t.Errorf("a missing shard: %v", err)
	}
	if _, err := f.SubscribeToShard(t.Context(), dry); err == nil || !strings.Contains(err.Error(), "DryRunOperationException") {
		t.Errorf("a dry run: %v", err)
	}
	f.subscribe(t, arn, types.ShardIteratorTypeLatest)
	var inUse *types.ResourceInUseException
	if _, err := f.SubscribeToShard(t.Context(), f.input(arn, types.ShardIteratorTypeLatest)); !errors.As(err, &inUse) {
		t.Errorf("a second call at once: %v", err)
	}
}

// TestTakeover: the subscription before ends with an event that says who has it now.
func TestTakeover(t *testing.T) {
	t.Parallel()
	f := newFanOut(t, 2, kinesis.Limits{SubscribeCalls: 1000, Takeover: time.Nanosecond})
	arn := f.register(t, "c")
	first := f.subscribe(t, arn, types.ShardIteratorTypeLatest)
	second := f.subscribe(t, arn, types.ShardIteratorTypeLatest)
	var taken *types.ResourceInUseException
	if err := end(first); !errors.As(err, &taken) ||
		taken.ErrorMessage() != "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:c" {
		t.Errorf("the first ended with %v", err)
	}
	f.put(t, 1, 1)
	next(t, second)
}

// TestTwoConsumersAtOnce each have their 2 MiB a second: 3 MiB take both half a second beyond the burst.
func TestTwoConsumersAtOnce(t *testing.T) {
	t.Parallel()
	f := newFanOut(t, 2, kinesis.Limits{WriteBytes: 1 << 30})
	for range 2 {
		f.put(t, 16, 100<<10)
	}
	var work sync.WaitGroup
	begin := time.Now()
	for _, name := range []string{"c", "d"} {
		events := f.subscribe(t, f.register(t, name), types.ShardIteratorTypeTrimHorizon)
		work.Go(func() {
			count := 0
			for e := range events.Events() {
				count += len(e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value.Records)
				if count == 32 {
					break
				}
			}
			if took := time.Since(begin); count != 32 || took < 400*time.Millisecond {
				t.Errorf("%s heard %d records in %v: %v", name, count, took, events.Err())
			}
		})
	}
	work.Wait()
}

// TestAClientThatGoesEndsItsSubscription, whichever protocol it speaks.
func TestAClientThatGoesEndsItsSubscription(t *testing.T) {
	for _, major := range []int{1, 2} {
		f := newFanOut(t, major, kinesis.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		out, err := f.SubscribeToShard(ctx, f.input(f.register(t, "c"), types.ShardIteratorTypeLatest))
		if err != nil {
			t.Fatal(err)
		}
		if major == 1 {
			_ = out.GetStream().Close()
		}
		gone := time.Now()
		cancel()
		f.requests.Wait()
		if took := time.Since(gone); took > 2*time.Second { // an event that nobody reads comes after 5 s
			t.Errorf("HTTP/%d: the server went on for %v", major, took)
		}
	}
}

// TestCloseEndsSubscriptions: a listener that closes does not wait for them as it does for other requests.
func TestCloseEndsSubscriptions(t *testing.T) {
	for _, major := range []int{1, 2} {
		f := newFanOut(t, major, kinesis.Limits{})
		events := f.subscribe(t, f.register(t, "c"), types.ShardIteratorTypeLatest)
		<-events.Events()
		begin := time.Now()
		if err := f.listener.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > closeTimeout/2 {
			t.Errorf("HTTP/%d: closing took %v", major, took)
		}
		if err := end(events); err != nil {
			t.Errorf("HTTP/%d: the stream ended with %v", major, err)
		}
	}
}

// TestFaultsOfSubscriptions: the hook fails the call; a cut after it leaves no subscription behind.
func TestFaultsOfSubscriptions(t *testing.T) {
	f := newFanOut(t, 1, kinesis.Limits{SubscribeCalls: 1000, Takeover: time.Nanosecond})
	arn := f.register(t, "c")
	var seen fault.Request
	var action fault.Action
	f.server.cfg.Faults = func(_ time.Time, r fault.Request) fault.Action { seen = r; return action }
	action = fault.Action{Err: &fault.Error{Code: "InternalFailureException", Message: "injected"}}
	var internal *types.InternalFailureException
	_, err := f.SubscribeToShard(t.Context(), f.input(arn, types.ShardIteratorTypeLatest))
	if err == nil || errors.As(err, &internal) && internal.ErrorMessage() != "injected" || !strings.Contains(err.Error(), "InternalFailure") {
		t.Errorf("an injected error: %v", err)
	}
	if seen.Operation != "SubscribeToShard" || seen.Resource != "s" {
		t.Errorf("the hook saw %+v", seen)
	}
	action = fault.Action{Cut: true, After: true}
	if _, err = f.SubscribeToShard(t.Context(), f.input(arn, types.ShardIteratorTypeLatest)); err == nil {
		t.Error("a cut call succeeded")
	}
}

// TestFaultsOfEvents: an event of an open subscription is a request of its own for the hook, which tells its shard; an error
// ends the subscription as the service's own does, a cut ends it with its connection.
func TestFaultsOfEvents(t *testing.T) {
	for _, tt := range []struct {
		name   string
		action fault.Action
		want   string // in the error with which the stream ends; "": the SDK takes it for an end, or tells an error
	}{
		{"an error", fault.Action{Err: &fault.Error{Code: "ResourceInUseException", Message: "injected"}}, "ResourceInUseException: injected"},
		{"a cut", fault.Action{Cut: true}, ""},
		{"a loss", fault.Action{Lost: true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFanOut(t, 1, kinesis.Limits{})
			arn := f.register(t, "c")
			var asked atomic.Int32
			f.server.cfg.Faults = func(_ time.Time, r fault.Request) fault.Action {
				if r.Operation != "SubscribeToShardEvent" {
					return fault.Action{}
				}
				if r.Resource != "s" || r.Account == "" || !r.Touches(0) || r.Touches(1) {
					t.Errorf("the hook was asked about %+v", r)
				}
				if asked.Add(1) == 1 {
					return fault.Action{}
				}
				return tt.action
			}
			events := f.subscribe(t, arn, types.ShardIteratorTypeLatest)
			<-events.Events()
			put := func() error {
				_, err := f.PutRecord(t.Context(), &sdk.PutRecordInput{
					StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: []byte("x"), ExplicitHashKey: aws.String("0"),
				})
				return err
			}
			if err := put(); err != nil {
				t.Fatal(err)
			}
			records := 0
			for e := range events.Events() {
				records += len(e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value.Records)
			}
			if err := events.Err(); records > 0 || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%d records came, and the stream ended with %v, want %s", records, err, tt.want)
			}
		})
	}
}

// TestASubscriptionIsClosedHoweverItsAnswerEnds: a connection that a fault cuts leaves none behind.
func TestASubscriptionIsClosedHoweverItsAnswerEnds(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	svc := h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis
	out, err := svc.RegisterStreamConsumer(kinesis.RegisterStreamConsumerInput{StreamARN: new(svc.StreamARN("s")), ConsumerName: new("c")})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := svc.SubscribeToShard(kinesis.SubscribeToShardInput{
		ConsumerARN: &out.Consumer.ConsumerARN, ShardId: new("shardId-000000000000"), StartingPosition: &kinesis.StartingPosition{Type: new("LATEST")},
	}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }() // as net/http does
		answer := &subscription{Subscription: sub}
		answer.serve(h, httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), &call{action: fault.Action{Cut: true, After: true}}, new(buffer))
	}()
	if _, _, err := sub.Next(time.Now()); !errors.Is(err, kinesis.ErrSubscriptionOver) {
		t.Errorf("it goes on: %v", err)
	}
}

// TestASubscriptionIsRefusedWhereNothingIsKept: once the disk has failed, no answer leaves that speaks of what may be lost, this one
// neither, and it leaves no subscription behind.
func TestASubscriptionIsRefusedWhereNothingIsKept(t *testing.T) {
	files, err := journal.Open(t.TempDir(), journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	disk, err := kinesis.NewDisk(kinesis.DiskConfig{Journal: files})
	if err != nil {
		t.Fatal(err)
	}
	h := newServerOn(t, kinesis.Config{}, disk)
	svc := h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis
	out, err := svc.RegisterStreamConsumer(kinesis.RegisterStreamConsumerInput{StreamARN: new(svc.StreamARN("s")), ConsumerName: new("c")})
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Close(); err != nil { // before the consumer is kept
		t.Fatal(err)
	}
	answer := ask(h, "POST", kinesisTarget+"SubscribeToShard",
		`{"ConsumerARN":"`+out.Consumer.ConsumerARN+`","ShardId":"shardId-000000000000","StartingPosition":{"Type":"LATEST"}}`)
	if answer.Code != http.StatusInternalServerError || !strings.Contains(answer.Body.String(), "InternalFailureException") {
		t.Errorf("%d: %s", answer.Code, answer.Body)
	}
}

// rawSubscription opens a subscription over a pipe, in which nothing waits for a reader, and reads the header of its answer. closed
// gets the instant at which the server closes the connection.
func rawSubscription(t *testing.T, h *Server) (answer *http.Response, closed <-chan time.Time) {
	t.Helper()
	registered := ask(h, "POST", kinesisTarget+"RegisterStreamConsumer",
		`{"StreamARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/s","ConsumerName":"c"}`)
	_, after, _ := strings.Cut(registered.Body.String(), `"ConsumerARN":"`)
	arn, _, _ := strings.Cut(after, `"`)
	client, srv := net.Pipe()
	over := make(chan time.Time, 1)
	hs := newHTTP(t.Context(), h, slog.New(slog.DiscardHandler))
	hs.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			over <- time.Now()
		}
	}
	l := &pipeListener{conns: make(chan net.Conn, 1)}
	l.conns <- srv
	go func() { _ = hs.Serve(l) }()
	t.Cleanup(func() { _ = hs.Close() })
	body := `{"ConsumerARN":"` + arn + `","ShardId":"shardId-000000000000","StartingPosition":{"Type":"LATEST"}}`
	if _, err := fmt.Fprintf(client, "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Kinesis_20131202.SubscribeToShard\r\nContent-Type: %s\r\n"+
		"Authorization: %s\r\nX-Amz-Date: 20261124T000000Z\r\nContent-Length: %d\r\n\r\n%s", jsonType, authorization, len(body), body); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer, over
}

// pushes counts the events with records that are pushed.
type pushes struct {
	kinesis.Observer
	n atomic.Int32
}

func (p *pushes) Pushed(time.Time, string, int32, string, record.Page)   { p.n.Add(1) }
func (*pushes) Put(time.Time, string, []record.Record, []kinesis.Result) {}
func (*pushes) Created(time.Time, string)                                {}
func (*pushes) Reshaped(time.Time, string, int)                          {}

// TestASlowSubscriberHoldsUpItself: to a client that does not read no more is pushed than one event, whatever comes, and it is given up
// after a minute. Another subscribes then, and gets what it did not.
func TestASlowSubscriberHoldsUpItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pushed pushes
		h := newServerWith(t, kinesis.Config{Observer: &pushed})
		svc := h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis
		begin := time.Now()
		answer, closed := rawSubscription(t, h)
		defer answer.Body.Close()
		for range 30 {
			time.Sleep(time.Second)
			put := ask(h, "POST", kinesisTarget+"PutRecord", `{"StreamName":"s","Data":"YWJj","PartitionKey":"k","ExplicitHashKey":"0"}`)
			if put.Code != http.StatusOK {
				t.Fatal(put.Body)
			}
		}
		if at := <-closed; at.Sub(begin) != writeTimeout || pushed.n.Load() > 1 {
			t.Errorf("closed after %v, with %d events pushed, want %v and one at most", at.Sub(begin), pushed.n.Load(), writeTimeout)
		}
		synctest.Wait()
		list, err := svc.ListStreamConsumers(kinesis.ListStreamConsumersInput{StreamARN: new(svc.StreamARN("s"))})
		if err != nil {
			t.Fatal(err)
		}
		sub, err := svc.SubscribeToShard(kinesis.SubscribeToShardInput{
			ConsumerARN: &list.Consumers[0].ConsumerARN, ShardId: new("shardId-000000000000"),
			StartingPosition: &kinesis.StartingPosition{Type: new("TRIM_HORIZON")},
		}, func() {})
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Close()
		if e, _, err := sub.Next(time.Now()); err != nil || len(e.Records) != 30 {
			t.Errorf("the next one gets %+v, %v, want all 30 records", e, err)
		}
	})
}

// TestASubscriptionOutlivesTheReadTimeout: a stream without a record lives five minutes and ends as an answer does. What
// comes are frames of the length that they say.
func TestASubscriptionOutlivesTheReadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		answer, _ := rawSubscription(t, newServer(t, kinesis.Limits{}))
		defer answer.Body.Close()
		stream, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Errorf("the stream ended with %v", err)
		}
		if took := time.Since(begin); took != 5*time.Minute {
			t.Errorf("it ended after %v", took)
		}
		frames := 0
		for len(stream) > 12 {
			stream = stream[int(stream[2])<<8|int(stream[3]):] // each is shorter than 64 KiB
			frames++
		}
		if frames != 1+60 || len(stream) != 0 || answer.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" {
			t.Errorf("%d frames of %s and %d bytes, want the initial response and an event each 5 s", frames, answer.Header.Get("Content-Type"), len(stream))
		}
	})
}

// TestMessage is one message byte by byte; its sums are those of other implementations.
func TestMessage(t *testing.T) {
	got := appendMessage([]byte("before"), []header{{"event-type", "records"}}, func(dst []byte) []byte { return append(dst, "{}"...) })
	want := "before" + "\x00\x00\x00\x27\x00\x00\x00\x15" // 39 bytes, 21 of them headers
	if !strings.HasPrefix(string(got), want) || len(got) != len("before")+39 {
		t.Fatalf("%q", got)
	}
	if headers := string(got[len("before")+12 : len(got)-6]); headers != "\x0aevent-type\x07\x00\x07records" {
		t.Errorf("headers %q", headers)
	}
}
