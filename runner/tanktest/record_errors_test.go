package tanktest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// An error beside a share is what a client reads of the records that are refused, whatever the error.
func TestErrorsOfRecords(t *testing.T) {
	const kms, text = "KMSThrottlingException", `the key "k" is throttled`
	for name, row := range map[string]struct {
		err               tanktest.Error
		streams, firehose [2]string // the code and the beginning of the message of a stream, of a delivery stream
		status            int       // of one record's put
	}{
		"any error": {tanktest.Error{Code: kms, Message: text}, [2]string{kms, text}, [2]string{kms, text}, 400},
		"a status":  {tanktest.Error{Code: kms, Message: text, Status: 418}, [2]string{kms, text}, [2]string{kms, text}, 418},
		"no message": {
			tanktest.Error{Code: kms}, [2]string{kms, ""}, [2]string{kms, ""}, 400,
		},
		"a stream's own": {
			tanktest.Error{Code: "ProvisionedThroughputExceededException"},
			[2]string{"ProvisionedThroughputExceededException", "Rate exceeded for shard shardId-"},
			[2]string{"ProvisionedThroughputExceededException", ""},
			400,
		},
		"a failure": {
			tanktest.Error{Code: "InternalFailure"}, [2]string{"InternalFailure", "Internal Service Failure"}, [2]string{"InternalFailure", ""}, 500,
		},
		"a failure that says why": {tanktest.Error{Code: "InternalFailure", Message: text}, [2]string{"InternalFailure", text}, [2]string{"InternalFailure", text}, 500},
		"a delivery stream's own": {
			tanktest.Error{Code: "ServiceUnavailableException"}, [2]string{"ServiceUnavailableException", ""}, [2]string{"ServiceUnavailableException", "Slow down."}, 503,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 1)
				streams, deliveries := kinesisOf(tank), direct(t, tank, "direct")
				tank.Advance(6 * time.Minute) // what direct has put is delivered
				tank.Hook(func(time.Time, tanktest.Request) tanktest.Action { return tanktest.Action{Share: 1, Err: &row.err} })
				same := func(what string, want [2]string, code, message *string) {
					t.Helper()
					if c, m := aws.ToString(code), aws.ToString(message); c != want[0] || !strings.HasPrefix(m, want[1]) || want[1] == "" && m != "" {
						t.Errorf("%s: it answers %s: %s", what, c, m)
					}
				}
				put, err := streams.PutRecords(t.Context(), &kinesis.PutRecordsInput{
					StreamName: aws.String("orders"),
					Records:    []types.PutRecordsRequestEntry{{PartitionKey: aws.String("k"), Data: []byte("a")}, {PartitionKey: aws.String("l"), Data: []byte("b")}},
				})
				if err != nil || *put.FailedRecordCount != 2 {
					t.Fatal(put, err)
				}
				for _, r := range put.Records {
					same("PutRecords", row.streams, r.ErrorCode, r.ErrorMessage)
				}
				batch, err := deliveries.PutRecordBatch(t.Context(), &firehose.PutRecordBatchInput{
					DeliveryStreamName: aws.String("direct"), Records: []firehosetypes.Record{{Data: []byte("a")}, {Data: []byte("b")}},
				})
				if err != nil || *batch.FailedPutCount != 2 {
					t.Fatal(batch, err)
				}
				for _, r := range batch.RequestResponses {
					same("PutRecordBatch", row.firehose, r.ErrorCode, r.ErrorMessage)
				}
				one := func(what string, want [2]string, err error) {
					t.Helper()
					var api smithy.APIError
					var status interface{ HTTPStatusCode() int }
					if !errors.As(err, &api) || !errors.As(err, &status) || status.HTTPStatusCode() != row.status {
						t.Fatalf("%s: %v", what, err)
					}
					same(what, want, aws.String(api.ErrorCode()), aws.String(strings.TrimPrefix(api.ErrorMessage(), "UnknownError"))) // the SDK's word for none
				}
				_, err = streams.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte("{}")})
				one("PutRecord", row.streams, err)
				_, err = deliveries.PutRecord(t.Context(), &firehose.PutRecordInput{DeliveryStreamName: aws.String("direct"), Record: &firehosetypes.Record{Data: []byte("{}")}},
					func(o *firehose.Options) { o.Retryer = aws.NopRetryer{} })
				one("Firehose's PutRecord", row.firehose, err)
				if n := len(orders.Records()); n != 0 {
					t.Errorf("%d records are stored", n)
				}
			})
		})
	}
}

// Of a share of the records those that are refused have the error, and the others are stored.
func TestErrorsOfAShareOfRecords(t *testing.T) {
	tank := tanktest.Start(t)
	orders := tank.Stream("orders", 1)
	tank.Next("PutRecords", tanktest.Action{Share: 0.5, Err: &tanktest.Error{Code: "KMSThrottlingException", Message: "no"}})
	entries := make([]types.PutRecordsRequestEntry, 100)
	for i := range entries {
		entries[i] = types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), Data: []byte("{}")}
	}
	out, err := kinesisOf(tank).PutRecords(t.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("orders"), Records: entries})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range out.Records {
		if aws.ToString(r.ErrorCode) == "KMSThrottlingException" {
			refused++
		}
	}
	if stored := len(orders.Records()); refused == 0 || refused == 100 || refused != int(*out.FailedRecordCount) || stored != 100-refused {
		t.Errorf("%d are refused, %d as the answer says; %d are stored", refused, *out.FailedRecordCount, stored)
	}
}

// What is told of a record says which error has refused it.
func TestStoriesTellTheErrorsOfRecords(t *testing.T) {
	kms := tanktest.Action{Share: 1, Err: &tanktest.Error{Code: "KMSThrottlingException"}}
	const want = "a record of its key is refused: KMSThrottlingException\n"
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t)
		orders := tank.Stream("orders", 1)
		tank.Next("PutRecord", kms)
		for range 2 {
			_, _ = kinesisOf(tank).PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte("{}")})
		}
		orders.Consumer("reader").AtLeastOnce(t)
	}, want)
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		tank.Next("PutRecords", kms)
		orders.Put(tanktest.Transactions(1))
		tank.Advance(time.Minute)
		orders.Consumer("reader").AtLeastOnce(t)
	}, want)
}
