package firehose_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
)

const (
	role   = `"RoleARN": "arn:aws:iam::123456789012:role/firehose"`
	bucket = `"BucketARN": "arn:aws:s3:::bucket"`
	source = `"DeliveryStreamType": "KinesisStreamAsSource", "KinesisStreamSourceConfiguration": {"KinesisStreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s", ` + role + `}`
)

// httpDestination is the member HttpEndpointDestinationConfiguration with an endpoint's members, a backup bucket's and others,
// each of them either empty or with a comma in front.
func httpDestination(endpoint, s3, others string) string {
	return `{"DeliveryStreamName": "d", "HttpEndpointDestinationConfiguration": {
		"EndpointConfiguration": {` + endpoint + `}, "S3Configuration": {` + role + `, ` + bucket + s3 + `}` + others + `}}`
}

// create calls CreateDeliveryStream as a client does, with JSON.
func (w *world) create(input string) error {
	w.t.Helper()
	var in firehose.CreateDeliveryStreamInput
	if err := json.Unmarshal([]byte(input), &in); err != nil {
		w.t.Fatal(err)
	}
	_, err := w.firehose.CreateDeliveryStream(in)
	return err
}

func TestCreateDeliveryStreamAccepts(t *testing.T) {
	tests := []struct{ name, input string }{
		{"least", `{"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `}}`},
		{"the older destination", `{"DeliveryStreamName": "d", "S3DestinationConfiguration": {` + role + `, ` + bucket + `}}`},
		{"a stream", `{"DeliveryStreamName": "d", ` + source + `, "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `}}`},
		{"all of it", `{"DeliveryStreamName": "A.b-c_1", "DeliveryStreamType": "DirectPut", "DirectPutSourceConfiguration": {"ThroughputHintInMBs": 100},
			"ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `, "Prefix": "p/!{timestamp:yyyy}/", "ErrorOutputPrefix": "e/",
				"BufferingHints": {"SizeInMBs": 128, "IntervalInSeconds": 0}, "CompressionFormat": "GZIP"}}`},
		{"what says that something is off", `{"DeliveryStreamName": "d", "Tags": [], "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `,
			"CloudWatchLoggingOptions": {"Enabled": false}, "ProcessingConfiguration": {"Enabled": false, "Processors": []}, "S3BackupMode": "Disabled",
			"EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"}, "DynamicPartitioningConfiguration": null}}`},
		{"an HTTP endpoint", httpDestination(`"Url": "https://example.com/x?key=1"`, ``, ``)},
		{"on port 443", httpDestination(`"Url": "https://example.com:443/"`, ``, ``)},
		{"on loopback", httpDestination(`"Url": "http://127.0.0.1:8080/"`, ``, ``)},
		{"on loopback by name", httpDestination(`"Url": "https://localhost:8443/"`, ``, ``)},
		{"on loopback, IPv6", httpDestination(`"Url": "http://[::1]:8080/"`, ``, ``)},
		{"all of an HTTP endpoint", httpDestination(`"Url": "https://example.com/", "Name": "n", "AccessKey": "k"`,
			`, "Prefix": "p/!{timestamp:yyyy}/", "ErrorOutputPrefix": "e/!{firehose:error-output-type}/!{timestamp:dd}/", "BufferingHints": {"SizeInMBs": 128, "IntervalInSeconds": 60}, "CompressionFormat": "GZIP"`,
			`, "RoleARN": "arn:aws:iam::123456789012:role/r", "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 0}, "RetryOptions": {"DurationInSeconds": 7200}, "S3BackupMode": "AllData",
			"RequestConfiguration": {"ContentEncoding": "GZIP", "CommonAttributes": [{"AttributeName": "a", "AttributeValue": ""}]}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.createStream("s", 1)
			if err := w.create(tt.input); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCreateDeliveryStreamRefuses(t *testing.T) {
	destination := func(members string) string {
		return `{"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `, ` + members + `}}`
	}
	const invalid, validation = "InvalidArgumentException", "ValidationException"
	tests := []struct{ name, input, code, says string }{
		{"no name", `{}`, validation, "Value null at 'deliveryStreamName'"},
		{"bad name", `{"DeliveryStreamName": "a b", "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `}}`, validation, "pattern: [a-zA-Z0-9_.-]+"},
		{"long name", `{"DeliveryStreamName": "` + strings.Repeat("x", 65) + `", "S3DestinationConfiguration": {` + role + `, ` + bucket + `}}`, validation, "less than or equal to 64"},
		{"no destination", `{"DeliveryStreamName": "d"}`, invalid, "exactly one destination"},
		{"three destinations", `{"DeliveryStreamName": "d", "S3DestinationConfiguration": {}, "ExtendedS3DestinationConfiguration": {}, "HttpEndpointDestinationConfiguration": {}}`, invalid, "three are given"},
		{"another destination", `{"DeliveryStreamName": "d", "SplunkDestinationConfiguration": {"HECEndpoint": "x"}}`, invalid, "wavetank does not emulate CreateDeliveryStream.SplunkDestinationConfiguration yet"},
		{"two destinations", `{"DeliveryStreamName": "d", "S3DestinationConfiguration": {}, "ExtendedS3DestinationConfiguration": {}}`, invalid, "two are given"},
		{"tags", `{"DeliveryStreamName": "d", "Tags": [{"Key": "a"}]}`, invalid, "CreateDeliveryStream.Tags"},
		{"type", `{"DeliveryStreamName": "d", "DeliveryStreamType": "Carrier"}`, validation, "enum value set: [DirectPut"},
		{"MSK", `{"DeliveryStreamName": "d", "DeliveryStreamType": "MSKAsSource"}`, invalid, "does not emulate DeliveryStreamType MSKAsSource"},
		{"source of a Direct PUT", `{"DeliveryStreamName": "d", "KinesisStreamSourceConfiguration": {}}`, invalid, "is for DeliveryStreamType KinesisStreamAsSource"},
		{"no source", `{"DeliveryStreamName": "d", "DeliveryStreamType": "KinesisStreamAsSource"}`, invalid, "needs KinesisStreamSourceConfiguration"},
		{"source elsewhere", `{"DeliveryStreamName": "d", "DeliveryStreamType": "KinesisStreamAsSource", "KinesisStreamSourceConfiguration": {"KinesisStreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}}`, invalid, "not a stream of this account and region: arn:aws:kinesis:us-east-1:123456789012:stream/NAME"},
		{"throughput hint", `{"DeliveryStreamName": "d", "DirectPutSourceConfiguration": {"ThroughputHintInMBs": 101}}`, validation, "throughputHintInMBs"},
		{"no role", `{"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {` + bucket + `}}`, validation, "extendedS3DestinationConfiguration.roleARN"},
		{"no bucket", `{"DeliveryStreamName": "d", "S3DestinationConfiguration": {` + role + `}}`, validation, "s3DestinationConfiguration.bucketARN"},
		{"not a bucket", `{"DeliveryStreamName": "d", "S3DestinationConfiguration": {` + role + `, "BucketARN": "bucket"}}`, validation, "s3:::"},
		{"no processors", destination(`"ProcessingConfiguration": {"Enabled": true}`), invalid, "has no processors"},
		{"a member nobody knows", destination(`"BufferHints": {"SizeInMBs": 1}`), invalid, "ExtendedS3DestinationConfiguration.BufferHints"},
		{"backup", destination(`"S3BackupMode": "Enabled"`), invalid, "S3BackupMode"},
		{"other compression", destination(`"CompressionFormat": "Snappy"`), invalid, "does not emulate CompressionFormat Snappy"},
		{"unknown compression", destination(`"CompressionFormat": "gzip"`), validation, "Value 'gzip' at 'extendedS3DestinationConfiguration.compressionFormat'"},
		{"one hint", destination(`"BufferingHints": {"SizeInMBs": 1}`), invalid, "must also specify the other"},
		{"size 0", destination(`"BufferingHints": {"SizeInMBs": 0, "IntervalInSeconds": 60}`), validation, "sizeInMBs"},
		{"size 129", destination(`"BufferingHints": {"SizeInMBs": 129, "IntervalInSeconds": 60}`), validation, "less than or equal to 128"},
		{"interval 901", destination(`"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 901}`), validation, "less than or equal to 900"},
		{"interval -1", destination(`"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": -1}`), validation, "intervalInSeconds"},
		{"a size that overflows", destination(`"BufferingHints": {"SizeInMBs": 9223372036854775807, "IntervalInSeconds": 9223372036854775807}`), validation, "less than or equal to 128"},
		{"expressions without an error prefix", destination(`"Prefix": "!{timestamp:yyyy}"`), invalid, "ErrorOutputPrefix must be given"},
		{"an expression of another namespace", destination(`"Prefix": "!{firehose:random-string}", "ErrorOutputPrefix": "e/"`), invalid, "!{firehose:random-string}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			err := w.create(tt.input)
			var e *firehose.Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("error %v\nwant %s that says %q", err, tt.code, tt.says)
			}
			if out, _ := w.firehose.ListDeliveryStreams(firehose.ListDeliveryStreamsInput{}); len(out.DeliveryStreamNames) > 0 {
				t.Error("it was made all the same")
			}
		})
	}
}

func TestCreateHTTPEndpointRefuses(t *testing.T) {
	const invalid, validation = "InvalidArgumentException", "ValidationException"
	const here = `"Url": "https://example.com/"`
	many := strings.Repeat(`{"AttributeName": "a", "AttributeValue": "b"}, `, 50) + `{"AttributeName": "a", "AttributeValue": "b"}`
	attributes := func(list string) string {
		return `, "RequestConfiguration": {"CommonAttributes": [` + list + `]}`
	}
	tests := []struct{ name, input, code, says string }{
		{"nothing", `{"DeliveryStreamName": "d", "HttpEndpointDestinationConfiguration": {}}`, validation, "httpEndpointDestinationConfiguration.endpointConfiguration"},
		{"no bucket", `{"DeliveryStreamName": "d", "HttpEndpointDestinationConfiguration": {"EndpointConfiguration": {` + here + `}}}`, validation, "httpEndpointDestinationConfiguration.s3Configuration"},
		{"no URL", httpDestination(``, ``, ``), validation, "endpointConfiguration.url"},
		{"http elsewhere", httpDestination(`"Url": "http://example.com/"`, ``, ``), validation, "pattern: https://.* (wavetank takes http:// for a host on loopback"},
		{"a name like loopback", httpDestination(`"Url": "http://localhost.example.com/"`, ``, ``), validation, "https://.*"},
		{"no host", httpDestination(`"Url": "https:///x"`, ``, ``), validation, "https://.*"},
		{"another scheme", httpDestination(`"Url": "ftp://127.0.0.1/"`, ``, ``), validation, "https://.*"},
		{"not a URL", httpDestination(`"Url": "https://[::1"`, ``, ``), validation, "https://.*"},
		{"another port", httpDestination(`"Url": "https://example.com:8443/"`, ``, ``), invalid, "Only port 443 is supported"},
		{"a long URL", httpDestination(`"Url": "https://example.com/`+strings.Repeat("x", 1000)+`"`, ``, ``), validation, "less than or equal to 1000"},
		{"a long name", httpDestination(here+`, "Name": "`+strings.Repeat("x", 257)+`"`, ``, ``), validation, "less than or equal to 256"},
		{"a long key", httpDestination(here+`, "AccessKey": "`+strings.Repeat("x", 4097)+`"`, ``, ``), validation, "less than or equal to 4096"},
		{"a key with a line", httpDestination(here+`, "AccessKey": "a\nb"`, ``, ``), invalid, "control character"},
		{"size 65", httpDestination(here, ``, `, "BufferingHints": {"SizeInMBs": 65, "IntervalInSeconds": 60}`), validation, "less than or equal to 64"},
		{"interval 901", httpDestination(here, ``, `, "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 901}`), validation, "httpEndpointDestinationConfiguration.bufferingHints.intervalInSeconds"},
		{"one hint", httpDestination(here, ``, `, "BufferingHints": {"SizeInMBs": 1}`), invalid, "must also specify the other"},
		{"a backup's interval", httpDestination(here, `, "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 59}`, ``), validation, "greater than or equal to 60"},
		{"a backup's error prefix", httpDestination(here, `, "ErrorOutputPrefix": "e/!{timestamp:yyyy}/"`, ``), invalid, "must contain !{firehose:error-output-type}"},
		{"a backup's member", httpDestination(here, `, "BufferHints": {"SizeInMBs": 1}`, ``), invalid, "S3Configuration.BufferHints"},
		{"retries -1", httpDestination(here, ``, `, "RetryOptions": {"DurationInSeconds": -1}`), validation, "greater than or equal to 0"},
		{"retries 7201", httpDestination(here, ``, `, "RetryOptions": {"DurationInSeconds": 7201}`), validation, "less than or equal to 7200"},
		{"retries that overflow", httpDestination(here, ``, `, "RetryOptions": {"DurationInSeconds": 9223372036854775807}`), validation, "less than or equal to 7200"},
		{"backup mode", httpDestination(here, ``, `, "S3BackupMode": "Enabled"`), validation, "enum value set: [FailedDataOnly, AllData]"},
		{"encoding", httpDestination(here, ``, `, "RequestConfiguration": {"ContentEncoding": "gzip"}`), validation, "enum value set: [NONE, GZIP]"},
		{"51 attributes", httpDestination(here, ``, attributes(many)), validation, "less than or equal to 50"},
		{"a blank attribute", httpDestination(here, ``, attributes(`{"AttributeName": " ", "AttributeValue": "b"}`)), validation, "attributeName"},
		{"a long attribute", httpDestination(here, ``, attributes(`{"AttributeName": "`+strings.Repeat("x", 257)+`", "AttributeValue": "b"}`)), validation, "attributeName"},
		{"a long value", httpDestination(here, ``, attributes(`{"AttributeName": "a", "AttributeValue": "`+strings.Repeat("x", 1025)+`"}`)), validation, "attributeValue"},
		{"transformation", httpDestination(here, ``, `, "ProcessingConfiguration": {"Enabled": true}`), invalid, "HttpEndpointDestinationConfiguration.ProcessingConfiguration"},
		{"secrets", httpDestination(here, ``, `, "SecretsManagerConfiguration": {"Enabled": true}`), invalid, "SecretsManagerConfiguration"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			err := w.create(tt.input)
			var e *firehose.Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("error %v\nwant %s that says %q", err, tt.code, tt.says)
			}
		})
	}
}

// Where it is asked for, URLs are refused as AWS refuses them; where nothing sends requests, all are.
func TestCreateHTTPEndpointByModel(t *testing.T) {
	input := httpDestination(`"Url": "http://127.0.0.1:8080/"`, ``, ``)
	var e *firehose.Error
	strict := newWorld(t, func(c *firehose.Config) { c.Model.OnlyHTTPS = true })
	if err := strict.create(input); !errors.As(err, &e) || e.Code != "ValidationException" {
		t.Errorf("http on loopback with OnlyHTTPS: %v", err)
	}
	mute := newWorld(t, func(c *firehose.Config) { c.Endpoints = nil })
	if err := mute.create(input); !errors.As(err, &e) || !strings.Contains(e.Message, "where nothing sends requests") {
		t.Errorf("without endpoints: %v", err)
	}
}

func TestCreateTwice(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) { c.Limits.DeliveryStreams = 2 })
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "a", Bucket: "bucket"}))
	var e *firehose.Error
	if err := w.firehose.Create(firehose.DeliveryStream{Name: "a", Bucket: "bucket"}); !errors.As(err, &e) || e.Code != "ResourceInUseException" {
		t.Errorf("the same name twice: %v", err)
	}
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "b", Bucket: "bucket"}))
	if err := w.firehose.Create(firehose.DeliveryStream{Name: "c", Bucket: "bucket"}); !errors.As(err, &e) || e.Code != "LimitExceededException" {
		t.Errorf("one more than the limit: %v", err)
	}
}

func TestCreatingTakesTheModelsTime(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) { c.Model.Creating = 30 * time.Second })
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Bucket: "bucket"}))
	describe := func() string {
		out, err := w.firehose.DescribeDeliveryStream(firehose.DescribeDeliveryStreamInput{DeliveryStreamName: "d"})
		w.must(err)
		return out.DeliveryStreamDescription.DeliveryStreamStatus
	}
	w.run(29 * time.Second)
	if s := describe(); s != "CREATING" {
		t.Errorf("after 29 s it is %s", s)
	}
	var e *firehose.Error
	if err := w.direct("d")(w.clock.Now(), records(1, 1)); !errors.As(err, &e) || e.Code != "InvalidArgumentException" {
		t.Errorf("put while CREATING: %v", err)
	}
	if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); !errors.As(err, &e) || e.Code != "ResourceInUseException" {
		t.Errorf("delete while CREATING: %v", err)
	}
	w.run(time.Second)
	if s := describe(); s != "ACTIVE" {
		t.Errorf("after 30 s it is %s", s)
	}
	w.must(w.direct("d")(w.clock.Now(), records(1, 1)))
}
