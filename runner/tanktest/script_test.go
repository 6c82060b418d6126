package tanktest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/runner/tanktest"
)

func TestScripts(t *testing.T) {
	for _, text := range []string{"", "refuse PutRecords 3", "split 0 4.2s; delay GetRecords 1 2s; lose Invoke 4; fail PutRecords 20; jitter Invoke 300ms; merge 1 0s"} {
		if got, err := tanktest.ParseScript(text); err != nil || got != text {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"break Invoke 3":        `script: "break Invoke 3": it begins with refuse, fail, lose, delay, jitter, split or merge`,
		"lose Invoke":           `script: "lose Invoke": its form is lose OPERATION NUMBER, as in lose Invoke 4`,
		"lose Invoke 0":         `script: "lose Invoke 0": its form is lose OPERATION NUMBER, as in lose Invoke 4`,
		"lose Invocation 1":     `script: "lose Invocation 1": Invocation is none of PutRecords, GetRecords, Invoke, PutObject, PutRecord, GetShardIterator, ListShards, SubscribeToShard, PutRecordBatch`,
		"delay Invoke 1":        `script: "delay Invoke 1": its form is delay OPERATION NUMBER DURATION, as in delay PutRecords 1 2s`,
		"delay Invoke 1 -2s":    `script: "delay Invoke 1 -2s": its form is delay OPERATION NUMBER DURATION, as in delay PutRecords 1 2s`,
		"jitter Invoke 1 2s":    `script: "jitter Invoke 1 2s": its form is jitter OPERATION DURATION, as in jitter Invoke 300ms`,
		"refuse GetRecords 1":   `script: "refuse GetRecords 1": its form is refuse PutRecords NUMBER, as in refuse PutRecords 3`,
		"refuse PutRecords 1 2": `script: "refuse PutRecords 1 2": its form is refuse PutRecords NUMBER, as in refuse PutRecords 3`,
		"split 0":               `script: "split 0": its form is split SHARD AFTER, as in split 0 4.2s`,
	} {
		if _, err := tanktest.ParseScript(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A jitter is drawn for each request, by the tank's seed: one seed has one history, another has another. A merge undoes a split.
func TestScriptsOfLatenciesAndReshards(t *testing.T) {
	history := func(seed uint64) (took []time.Duration, shards int) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Seed(seed), tanktest.Script("jitter Invoke 500ms; split 0 2s; merge 1 50s"))
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", whole)
		p := orders.Put(tanktest.Transactions(600), tanktest.Rate(10))
		tank.Until("all is put", p.Done)
		tank.Advance(time.Minute)
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		for _, b := range fn.Batches() {
			took = append(took, b.End.Sub(b.Sent))
		}
		placed := map[string]bool{}
		for _, r := range orders.Records() {
			placed[r.Shard] = true
		}
		return took, len(placed)
	}
	one, shards := history(1)
	if shards != 4 {
		t.Errorf("records lie in %d shards; the stream has had one, its halves, and what these were merged to", shards)
	}
	again, _ := history(1)
	other, _ := history(2)
	if !slices.Equal(one, again) {
		t.Errorf("one seed has two histories:\n%v\n%v", one, again)
	}
	if slices.Equal(one, other) {
		t.Errorf("two seeds have one history: %v", one)
	}
}

// inTime runs a test with a tank in one of the three times.
func inTime(t *testing.T, when string, test func(t *testing.T, tank *tanktest.Tank), opts ...tanktest.Option) {
	t.Helper()
	switch when {
	case "virtual":
		test(t, tanktest.Start(t, append(opts, tanktest.Virtual())...))
	case "bubble":
		synctest.Test(t, func(t *testing.T) { test(t, tanktest.Start(t, append(opts, tanktest.Bubble())...)) })
	default:
		test(t, tanktest.Start(t, opts...))
	}
}

// outcome is what a script can change of a small pipeline: a producer of the tank's, a mapping, a delivery.
type outcome struct {
	calls  int // of the script's operation
	stored int // records
	ran    int // how often the handler did
	took   time.Duration
}

// pipeline puts 40 records and waits until both ends have them. Shards are listed where one is split meanwhile.
func pipeline(t *testing.T, tank *tanktest.Tank, operation string, opts ...tanktest.MappingOption) (o outcome) {
	t.Helper()
	orders := tank.Stream("orders", 1)
	var ran atomic.Int64
	fn := tank.Handle("orders", func(events.KinesisEvent) error { ran.Add(1); return nil }, opts...)
	d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, time.Minute))
	start := tank.Now()
	rate := 1000.0
	if operation == "ListShards" {
		rate = 10
	}
	p := orders.Put(tanktest.Transactions(40), tanktest.Rate(rate))
	if operation == "ListShards" {
		tank.Advance(time.Second)
		orders.Split(0)
	}
	tank.Until("all is put", p.Done)
	arrived := tank.Now()
	tank.Advance(10 * time.Minute)
	fn.AtLeastOnce(t)
	d.AtLeastOnce(t)
	o.calls, o.stored, o.ran = tank.Calls(operation), len(orders.Records()), int(ran.Load())
	switch batches, objects := fn.Batches(), d.Objects(); operation {
	case "PutRecords":
		o.took = arrived.Sub(start)
	case "PutObject":
		o.took = objects[0].At.Sub(start)
	default:
		o.took = batches[len(batches)-1].End.Sub(start)
	}
	return o
}

// Each verb acts on what the tank's own producer, mappings and delivery streams ask for, in virtual time and in a bubble.
func TestScriptsActOnTheTanksOwn(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"virtual", "bubble"} {
		for operation, opts := range map[string][]tanktest.MappingOption{
			"PutRecords": nil, "GetRecords": nil, "Invoke": nil, "PutObject": nil, "GetShardIterator": nil, "ListShards": nil,
			"SubscribeToShard": {tanktest.EnhancedFanOut()},
		} {
			t.Run(when+"/"+operation, func(t *testing.T) {
				under := func(script string) (o outcome) {
					inTime(t, when, func(t *testing.T, tank *tanktest.Tank) { o = pipeline(t, tank, operation, opts...) }, tanktest.Script(script))
					return o
				}
				plain := under("")
				for _, row := range []struct {
					script, only string
					acts         func(o outcome) bool
				}{
					{"fail %s 1", "", func(o outcome) bool { return o.calls > plain.calls || o.took > plain.took }},
					{"lose %s 1", "", func(o outcome) bool { return o.calls > plain.calls || o.took > plain.took }},
					{"lose %s 1", "PutRecords", func(o outcome) bool { return o.stored > plain.stored }},
					{"lose %s 1", "Invoke", func(o outcome) bool { return o.ran > plain.ran }},
					{"delay %[1]s 1 7s; delay %[1]s 2 7s", "", func(o outcome) bool { return o.took >= 7*time.Second }}, // of two readers either may be first
					{"jitter %s 900ms", "", func(o outcome) bool { return o.took != plain.took }},
					{"refuse %s 1", "PutRecords", func(o outcome) bool { return o.calls > plain.calls && o.stored == 40 }},
				} {
					if row.only != "" && row.only != operation {
						continue
					}
					script := fmt.Sprintf(row.script, operation)
					if o := under(script); !row.acts(o) {
						t.Errorf("%s: %+v, without it %+v", script, o, plain)
					}
				}
			})
		}
	}
}

// client calls an operation of a tank, of the SDK's clients, which try nothing again. refused tells of how many records.
type client func(t *testing.T, tank *tanktest.Tank) (call func() (refused int, err error))

func kinesisOf(tank *tanktest.Tank) *kinesis.Client {
	return kinesis.NewFromConfig(tank.Config(), func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} })
}

// clients are those of the operations that a script may name.
var clients = map[string]client{
	"PutRecords": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		entries := make([]types.PutRecordsRequestEntry, 50)
		for i := range entries {
			entries[i] = types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), Data: []byte("{}")}
		}
		return func() (int, error) {
			out, err := kinesisOf(tank).PutRecords(t.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("orders"), Records: entries})
			if err != nil {
				return 0, err
			}
			return int(*out.FailedRecordCount), nil
		}
	},
	"PutRecord": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		return func() (int, error) {
			_, err := kinesisOf(tank).PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte("{}")})
			var throttled *types.ProvisionedThroughputExceededException
			if errors.As(err, &throttled) {
				return 1, nil
			}
			return 0, err
		}
	},
	"GetRecords": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		it, err := kinesisOf(tank).GetShardIterator(t.Context(), iterator)
		if err != nil {
			t.Fatal(err)
		}
		return func() (int, error) {
			_, err := kinesisOf(tank).GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
			return 0, err
		}
	},
	"GetShardIterator": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		return func() (int, error) {
			_, err := kinesisOf(tank).GetShardIterator(t.Context(), iterator)
			return 0, err
		}
	},
	"ListShards": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		return func() (int, error) {
			_, err := kinesisOf(tank).ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("orders")})
			return 0, err
		}
	},
	"SubscribeToShard": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		made := 0
		return func() (int, error) {
			made++
			c, err := kinesisOf(tank).RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{
				StreamARN: aws.String(tank.Stream("orders", 1).ARN()), ConsumerName: aws.String(fmt.Sprint("c", made)),
			})
			if err != nil {
				t.Fatal(err)
			}
			out, err := kinesisOf(tank).SubscribeToShard(t.Context(), &kinesis.SubscribeToShardInput{
				ConsumerARN: c.Consumer.ConsumerARN, ShardId: aws.String("shardId-000000000000"), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
			})
			if err == nil {
				err = out.GetStream().Close()
			}
			return 0, err
		}
	},
	"PutRecordBatch": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		tank.Deliver("archive", "orders").Unflushed()
		c := firehose.NewFromConfig(tank.Config(), func(o *firehose.Options) { o.Retryer = aws.NopRetryer{} })
		if _, err := c.CreateDeliveryStream(t.Context(), &firehose.CreateDeliveryStreamInput{
			DeliveryStreamName: aws.String("direct"), ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{
				BucketARN: aws.String("arn:aws:s3:::archive"), RoleARN: aws.String("arn:aws:iam::123456789012:role/tank"),
			},
		}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { // with what it buffers
			if _, err := c.DeleteDeliveryStream(context.Background(), &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: aws.String("direct")}); err != nil {
				t.Error(err)
			}
		})
		recs := make([]firehosetypes.Record, 50)
		for i := range recs {
			recs[i].Data = []byte("{}")
		}
		return func() (int, error) {
			out, err := c.PutRecordBatch(t.Context(), &firehose.PutRecordBatchInput{DeliveryStreamName: aws.String("direct"), Records: recs})
			if err != nil {
				return 0, err
			}
			return int(*out.FailedPutCount), nil
		}
	},
	"PutObject": func(t *testing.T, tank *tanktest.Tank) func() (int, error) {
		tank.Deliver("archive", "orders")
		c := s3.NewFromConfig(tank.Config(), func(o *s3.Options) { o.Retryer, o.UsePathStyle = aws.NopRetryer{}, true })
		return func() (int, error) {
			_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("archive"), Key: aws.String("k"), Body: strings.NewReader("{}")})
			return 0, err
		}
	},
}

var iterator = &kinesis.GetShardIteratorInput{
	StreamName: aws.String("orders"), ShardId: aws.String("shardId-000000000000"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
}

// thrice calls an operation three times under a script.
func thrice(t *testing.T, when, script string, c client, opts ...tanktest.Option) (refused []int, failed []bool, took []time.Duration, stored int) {
	t.Helper()
	inTime(t, when, func(t *testing.T, tank *tanktest.Tank) {
		orders := tank.Stream("orders", 1)
		call := c(t, tank)
		for range 3 {
			began := tank.Now()
			n, err := call()
			refused, failed, took = append(refused, n), append(failed, err != nil), append(took, tank.Now().Sub(began))
		}
		stored = len(orders.Records())
	}, append(opts, tanktest.Script(script))...)
	return refused, failed, took, stored
}

// Each verb acts on what a client of the SDK asks for, in a bubble and on the wall.
func TestScriptsActOnClients(t *testing.T) {
	t.Parallel()
	const late = 60 * time.Millisecond
	for operation, c := range clients {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			second := []bool{false, true, false}
			var jitters []time.Duration
			for _, when := range []string{"bubble", "wall"} {
				_, _, _, all := thrice(t, when, "", c)
				if _, failed, _, stored := thrice(t, when, "fail "+operation+" 2", c); !slices.Equal(failed, second) || stored != all*2/3 {
					t.Errorf("%s: fail: %v, %d of %d records are stored", when, failed, stored, all)
				}
				if _, failed, _, stored := thrice(t, when, "lose "+operation+" 2", c); !slices.Equal(failed, second) || stored != all {
					t.Errorf("%s: lose: %v, %d of %d records are stored", when, failed, stored, all)
				}
				if _, failed, took, _ := thrice(t, when, fmt.Sprintf("delay %s 2 %v", operation, late), c); slices.Contains(failed, true) || took[1] < late ||
					when == "bubble" && took[0]+took[2] > 0 {
					t.Errorf("%s: delay: %v, they took %v", when, failed, took)
				}
				_, _, took, _ := thrice(t, when, fmt.Sprintf("jitter %s %v", operation, late), c)
				if when == "bubble" {
					jitters = took
				}
				for i, j := range jitters { // one seed, so the wall's are the same
					if j <= 0 || j > late || took[i] < j {
						t.Errorf("%s: jitter: they took %v, in a bubble %v", when, took, jitters)
					}
				}
				if !strings.HasPrefix(operation, "PutRecord") {
					continue
				}
				if refused, failed, _, _ := thrice(t, when, "refuse "+operation+" 2", c); slices.Contains(failed, true) || refused[0]+refused[2] > 0 || refused[1] == 0 {
					t.Errorf("%s: refuse: %v, %v records are refused", when, failed, refused)
				}
				each := fmt.Sprintf("refuse %[1]s 1; refuse %[1]s 2; refuse %[1]s 3", operation)
				for seed := range uint64(3) {
					if refused, _, _, _ := thrice(t, when, each, c, tanktest.Seed(seed)); operation == "PutRecord" && !slices.Equal(refused, []int{1, 1, 1}) {
						t.Errorf("%s: %s: %v records are refused", when, each, refused)
					}
				}
			}
		})
	}
}

// On the wall the tank's own are under a script as well: one tank with a fault for each.
func TestScriptsActOnTheWall(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Script("refuse PutRecords 1; fail PutRecords 2; lose PutRecords 3; fail GetRecords 1; lose GetShardIterator 1; "+
		"lose Invoke 1; delay Invoke 2 300ms; delay PutObject 1 200ms; split 0 0s"))
	orders := tank.Stream("orders", 1)
	d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, time.Minute))
	fn := tank.Handle("orders", whole)
	big := strings.Repeat("x", 40_000)
	p := orders.Put(tanktest.Records(30, func(i int) tanktest.Record {
		return tanktest.Record{Key: fmt.Sprint(i), Data: fmt.Appendf(nil, `{"n":%d,"x":"%s"}`, i, big)}
	}), tanktest.Rate(1000))
	tank.Until("all is put", p.Done)
	tank.Until("all is handled", func() bool { return fn.Distinct() >= 30 })
	if n := len(orders.Records()); n <= 30 || tank.Calls("PutRecords") < 4 {
		t.Errorf("%d records are stored by %d requests: the answer to one was lost", n, tank.Calls("PutRecords"))
	}
	lost, late := 0, false
	for _, b := range fn.Batches() {
		if b.Failed != "" {
			lost++
		}
		late = late || b.End.Sub(b.Sent) >= 300*time.Millisecond
	}
	if lost != 1 || !late {
		t.Errorf("%d invocations were lost, one was late: %v", lost, late)
	}
	d.Unflushed()
}
