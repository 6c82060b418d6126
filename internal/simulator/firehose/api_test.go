package firehose_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestDescribeDeliveryStream(t *testing.T) {
	w := newWorld(t, nil)
	w.createStream("s", 1)
	w.run(1500 * time.Millisecond)
	w.must(w.create(`{"DeliveryStreamName": "d", ` + source + `, "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `,
		"Prefix": "p/", "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 5}, "CompressionFormat": "GZIP"}}`))
	out, err := w.firehose.DescribeDeliveryStream(firehose.DescribeDeliveryStreamInput{DeliveryStreamName: "d"})
	w.must(err)
	got, err := json.Marshal(out, jsontext.WithIndent("  "))
	w.must(err)
	s3 := `"RoleARN": "arn:aws:iam::123456789012:role/firehose",
          "BucketARN": "arn:aws:s3:::bucket",
          "Prefix": "p/",
          "BufferingHints": {
            "SizeInMBs": 1,
            "IntervalInSeconds": 5
          },
          "CompressionFormat": "GZIP",
          "EncryptionConfiguration": {
            "NoEncryptionConfig": "NoEncryption"
          },
          "CloudWatchLoggingOptions": {
            "Enabled": false
          }`
	want := `{
  "DeliveryStreamDescription": {
    "DeliveryStreamName": "d",
    "DeliveryStreamARN": "arn:aws:firehose:us-east-1:123456789012:deliverystream/d",
    "DeliveryStreamStatus": "ACTIVE",
    "DeliveryStreamType": "KinesisStreamAsSource",
    "VersionId": "1",
    "CreateTimestamp": 1767225601.500,
    "Source": {
      "KinesisStreamSourceDescription": {
        "KinesisStreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s",
        "RoleARN": "arn:aws:iam::123456789012:role/firehose",
        "DeliveryStartTimestamp": 1767225601.500
      }
    },
    "Destinations": [
      {
        "DestinationId": "destinationId-000000000001",
        "S3DestinationDescription": {
          ` + s3 + `
        },
        "ExtendedS3DestinationDescription": {
          ` + s3 + `,
          "S3BackupMode": "Disabled"
        }
      }
    ],
    "HasMoreDestinations": false
  }
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestListDeliveryStreams(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) { c.Limits.ControlCalls = 1000 })
	w.createStream("s", 1)
	for _, name := range strings.Fields("m c a z b y x l k j i h") {
		d := firehose.DeliveryStream{Name: name, Bucket: "bucket"}
		if name == "m" {
			d.Source = "s"
		}
		w.must(w.firehose.Create(d))
	}
	two, zero := 2, 0
	tests := []struct {
		name string
		in   firehose.ListDeliveryStreamsInput
		want string
		more bool
	}{
		{"ten by default", firehose.ListDeliveryStreamsInput{}, "a b c h i j k l m x", true},
		{"the rest", firehose.ListDeliveryStreamsInput{ExclusiveStartDeliveryStreamName: "x"}, "y z", false},
		{"exactly the rest", firehose.ListDeliveryStreamsInput{ExclusiveStartDeliveryStreamName: "x", Limit: &two}, "y z", false},
		{"a page", firehose.ListDeliveryStreamsInput{ExclusiveStartDeliveryStreamName: "b", Limit: &two}, "c h", true},
		{"a start that is no name", firehose.ListDeliveryStreamsInput{ExclusiveStartDeliveryStreamName: "cc", Limit: &two}, "h i", true},
		{"by type", firehose.ListDeliveryStreamsInput{DeliveryStreamType: "KinesisStreamAsSource"}, "m", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := w.firehose.ListDeliveryStreams(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(out.DeliveryStreamNames, " "); got != tt.want || out.HasMoreDeliveryStreams != tt.more {
				t.Errorf("%s, more %v; want %s, more %v", got, out.HasMoreDeliveryStreams, tt.want, tt.more)
			}
		})
	}
	if _, err := w.firehose.ListDeliveryStreams(firehose.ListDeliveryStreamsInput{Limit: &zero}); err == nil {
		t.Error("limit 0 was accepted")
	}
}

func TestPutRecordBatchBounds(t *testing.T) {
	w := newWorld(t, nil)
	w.createStream("s", 1)
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Bucket: "bucket"}))
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "from-stream", Bucket: "bucket", Source: "s"}))
	batch := func(n, size int) []firehose.Record {
		recs := make([]firehose.Record, n)
		for i := range recs {
			recs[i].Data = make([]byte, size)
		}
		return recs
	}
	tests := []struct {
		name    string
		stream  string
		records []firehose.Record
		code    string // "" is accepted
		says    string
	}{
		{"empty record", "d", batch(1, 0), "", ""},
		{"the largest record", "d", batch(1, 1_024_000), "", ""},
		{"500 records", "d", batch(500, 1), "", ""},
		{"4 MiB", "d", batch(256, 1<<14), "", ""},
		{"no record", "d", nil, "ValidationException", "greater than or equal to 1"},
		{"501 records", "d", batch(501, 1), "ValidationException", "less than or equal to 500"},
		{"no data", "d", make([]firehose.Record, 2), "ValidationException", "records.1.member.data"},
		{"a record too large", "d", append(batch(1, 1), batch(1, 1_024_001)...), "ValidationException", "'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000"},
		{"4 MiB and a byte", "d", append(batch(256, 1<<14), batch(1, 1)...), "InvalidArgumentException", "Records size exceeds 4 MB limit"},
		{"nobody", "nobody", batch(1, 1), "ResourceNotFoundException", "Firehose nobody under account 123456789012 not found."},
		{"a stream's", "from-stream", batch(1, 1), "InvalidArgumentException", "This operation is not permitted on KinesisStreamAsSource delivery stream type."},
		{"no name", "", batch(1, 1), "ValidationException", "deliveryStreamName"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.run(time.Second) // the limits are full again
			out, err := w.firehose.PutRecordBatch(firehose.PutRecordBatchInput{DeliveryStreamName: tt.stream, Records: tt.records})
			if tt.code != "" {
				var e *firehose.Error
				if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
					t.Errorf("error %v\nwant %s that says %q", err, tt.code, tt.says)
				}
				return
			}
			if err != nil || out.FailedPutCount != 0 || len(out.RequestResponses) != len(tt.records) {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestPutRecordBatchRefusesRecordByRecord(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) { c.Limits.PutRecords = 50 })
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Bucket: "bucket"}))
	in := firehose.PutRecordBatchInput{DeliveryStreamName: "d", Refuse: []bool{true}}
	for i := range 500 {
		in.Records = append(in.Records, firehose.Record{Data: fmt.Append(nil, i)})
	}
	out, err := w.firehose.PutRecordBatch(in)
	w.must(err)
	if out.FailedPutCount != 450 {
		t.Errorf("%d records failed, want 450", out.FailedPutCount)
	}
	ids := map[string]bool{}
	for i, r := range out.RequestResponses {
		refused := i == 0 || i > 50 // one by a fault, and what is over the limit
		if refused != (r.ErrorCode == "ServiceUnavailableException" && r.ErrorMessage == "Slow down." && r.RecordId == "") {
			t.Fatalf("record %d: %+v", i, r)
		}
		ids[r.RecordId] = true
	}
	if len(ids) != 51 { // and the empty one of those refused
		t.Errorf("%d different record ids for 50 records", len(ids)-1)
	}
	if _, err := w.firehose.PutRecord(firehose.PutRecordInput{DeliveryStreamName: "d", Record: &firehose.Record{Data: []byte{1}}}); !errors.Is(err, record.ErrThroughputExceeded) || err.Error() != "ServiceUnavailableException: Slow down." {
		t.Errorf("PutRecord over the limit: %v", err)
	}
	w.run(20 * time.Millisecond)
	if _, err := w.firehose.PutRecord(firehose.PutRecordInput{DeliveryStreamName: "d", Record: &firehose.Record{Data: []byte{1}}}); err != nil {
		t.Errorf("PutRecord after the limit's refill: %v", err)
	}
}

func TestBytesOfTheWireAreDeliveredAsTheyAre(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) {
		c.Identify = func(data []byte) (uint32, uint64, bool) { return 3, uint64(len(data)), data[0] == '{' }
	})
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: time.Second}}))
	_, err := w.firehose.PutRecordBatch(firehose.PutRecordBatchInput{DeliveryStreamName: "d", Records: []firehose.Record{
		{Data: []byte("{one}")}, {Data: []byte("two\n")}, {Data: []byte("\xff")},
	}})
	w.must(err)
	w.run(2 * time.Second)
	d := w.delivered[0]
	got, err := w.store.Get(d.Bucket, d.Key)
	w.must(err)
	if want := "{one}two\n\xff"; string(got.Body) != want || d.Bytes != int64(len(want)) {
		t.Errorf("object is %q of %d bytes, want %q: no separator is added", got.Body, d.Bytes, want)
	}
	if r := d.Records[0]; !r.Ours || r.Lane != 3 || r.Number != 5 {
		t.Errorf("the first record is not identified: %+v", r)
	}
	if d.Records[1].Ours {
		t.Error("a foreign record is taken for ours")
	}
}

func TestControlCallsAreLimited(t *testing.T) {
	w := newWorld(t, nil)
	list := func() error {
		_, err := w.firehose.ListDeliveryStreams(firehose.ListDeliveryStreamsInput{})
		return err
	}
	for range 5 {
		w.must(list())
	}
	var e *firehose.Error
	if err := list(); !errors.As(err, &e) || e.Code != "ThrottlingException" {
		t.Errorf("the sixth call in a second: %v", err)
	}
	if _, err := w.firehose.DescribeDeliveryStream(firehose.DescribeDeliveryStreamInput{DeliveryStreamName: "d"}); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("another operation has calls of its own: %v", err)
	}
	w.run(200 * time.Millisecond)
	w.must(list())
}

func TestInputsOfTheWire(t *testing.T) {
	var in firehose.PutRecordBatchInput
	err := json.Unmarshal([]byte(`{"DeliveryStreamName": "d", "Records": [{"Data": "aGk="}, {"Data": ""}, {}, {"Data": "aGk=", "Extra": 1}]}`), &in)
	if err != nil {
		t.Fatal(err)
	}
	if string(in.Records[0].Data) != "hi" || in.Records[1].Data == nil || in.Records[2].Data != nil {
		t.Errorf("%q: an empty record must differ from a missing one", in.Records)
	}
}

func TestDescribeHTTPEndpoint(t *testing.T) {
	w := newWorld(t, nil)
	w.must(w.create(httpDestination(`"Url": "https://example.com/", "Name": "n", "AccessKey": "secret"`, ``, `, "S3BackupMode": "AllData",
		"RequestConfiguration": {"ContentEncoding": "GZIP", "CommonAttributes": [{"AttributeName": "a", "AttributeValue": "b"}]}`)))
	out, err := w.firehose.DescribeDeliveryStream(firehose.DescribeDeliveryStreamInput{DeliveryStreamName: "d"})
	w.must(err)
	got, err := json.Marshal(out.DeliveryStreamDescription.Destinations, jsontext.WithIndent("  "))
	w.must(err)
	want := `[
  {
    "DestinationId": "destinationId-000000000001",
    "HttpEndpointDestinationDescription": {
      "EndpointConfiguration": {
        "Url": "https://example.com/",
        "Name": "n"
      },
      "BufferingHints": {
        "SizeInMBs": 5,
        "IntervalInSeconds": 300
      },
      "CloudWatchLoggingOptions": {
        "Enabled": false
      },
      "RequestConfiguration": {
        "ContentEncoding": "GZIP",
        "CommonAttributes": [
          {
            "AttributeName": "a",
            "AttributeValue": "b"
          }
        ]
      },
      "RetryOptions": {
        "DurationInSeconds": 300
      },
      "S3BackupMode": "AllData",
      "S3DestinationDescription": {
        "RoleARN": "arn:aws:iam::123456789012:role/firehose",
        "BucketARN": "arn:aws:s3:::bucket",
        "Prefix": "",
        "BufferingHints": {
          "SizeInMBs": 5,
          "IntervalInSeconds": 300
        },
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {
          "NoEncryptionConfig": "NoEncryption"
        },
        "CloudWatchLoggingOptions": {
          "Enabled": false
        }
      }
    }
  }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
