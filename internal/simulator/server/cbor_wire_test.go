package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

type in = map[string]any

// formatRequests are one request after another; "$Name" stands for the last answer's member of that name.
var formatRequests = []struct {
	operation string
	in        in
}{
	{"CreateStream", in{"StreamName": "clicks", "ShardCount": 2}},
	{"CreateStream", in{"StreamName": "clicks", "ShardCount": 2}}, // is there
	{"CreateStream", in{"StreamName": "views", "StreamModeDetails": in{"StreamMode": "ON_DEMAND"}}},
	{"DescribeStream", in{"StreamName": "clicks", "Limit": 1}},
	{"DescribeStreamSummary", in{"StreamName": "clicks"}},
	{"ListStreams", in{"Limit": 1}},
	{"ListShards", in{"StreamName": "clicks", "ShardFilter": in{"Type": "AT_LATEST"}}},
	{"ListShards", in{"StreamName": "clicks", "MaxResults": 1}},
	{"PutRecord", in{"StreamName": "clicks", "Data": []byte("one\x00\xff"), "PartitionKey": "ключ", "ExplicitHashKey": "0"}},
	{"PutRecord", in{"StreamName": "clicks", "Data": []byte{}, "PartitionKey": "k", "ExplicitHashKey": "0"}},
	{"PutRecord", in{"StreamName": "nowhere", "Data": []byte("x"), "PartitionKey": "k"}},
	{"PutRecord", in{"StreamName": "clicks", "PartitionKey": "k"}}, // no data
	{"PutRecords", in{"StreamName": "clicks", "Records": entriesIn(3, 0)}},
	{"PutRecords", in{"StreamName": "clicks", "Records": entriesIn(500, 4000), "DryRun": nil}}, // over the shard's limit
	{"PutRecords", in{"StreamName": "clicks", "Records": entriesIn(2, 0), "DryRun": true}},
	{"PutRecords", in{"StreamName": "clicks", "Records": []in{}}},
	{"PutRecords", in{"StreamName": "clicks"}},
	{"PutRecords", in{"StreamName": 5}},
	{"GetShardIterator", in{"StreamName": "clicks", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}},
	{"GetRecords", in{"ShardIterator": "$ShardIterator", "Limit": 3}},
	{"GetRecords", in{"ShardIterator": "$NextShardIterator"}},
	{"GetRecords", in{"ShardIterator": "nonsense"}},
	{"StartStreamEncryption", in{"StreamName": "clicks", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}},
	{"PutRecords", in{"StreamName": "clicks", "Records": entriesIn(2, 0)}},
	{"GetShardIterator", in{"StreamName": "clicks", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}},
	{"GetRecords", in{"ShardIterator": "$ShardIterator"}}, // some encrypted
	{"UpdateStreamRecordDistributionStrategy", in{"StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/views", "RecordDistributionStrategy": "AUTO"}},
	{"PutRecords", in{"StreamName": "views", "Records": []in{{"Data": []byte("without a key")}}}},
	{"GetShardIterator", in{"StreamName": "views", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}},
	{"GetRecords", in{"ShardIterator": "$ShardIterator"}},
	{"CreateChannel", in{
		"ChannelName": "c", "ServiceExecutionRoleARN": "arn:aws:iam::123456789012:role/r",
		"StreamConfigurationList": []in{{
			"StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/views", "RecordConfiguration": in{"RecordFormatType": "STRING"},
		}},
		"S3DestinationConfiguration": in{"StorageConfiguration": in{
			"BucketARN": "arn:aws:s3:::clicks", "ExpectedBucketOwner": "123456789012", "CompressionType": "GZIP",
		}},
		"LoggingConfiguration": in{"CloudWatchLogs": in{"Enabled": true}},
	}},
	{"ListChannels", in{"MaxResults": 1}},
	{"DeleteStream", in{"StreamName": "views"}}, // has a channel
	{"NoSuchThing", in{}},
}

func entriesIn(n, size int) (list []in) {
	for i := range n {
		list = append(list, in{
			"Data": []byte(fmt.Sprintf("%0*d", size, i)), "PartitionKey": fmt.Sprintf("key %d", i), "ExplicitHashKey": "0",
		})
	}
	return list
}

// TestAnswersAreTheSameInBothFormats: whatever is asked, in CBOR it is answered as in JSON, but for the format.
func TestAnswersAreTheSameInBothFormats(t *testing.T) {
	servers := map[bool]*Server{}
	for _, cbor := range []bool{false, true} {
		servers[cbor] = New(Config{AWS: simulator.New(simulator.Config{Clock: clock.NewVirtual()})})
	}
	last := map[bool]map[string]any{false: {}, true: {}}
	for i, tt := range formatRequests {
		answers := map[bool]any{}
		statuses := map[bool]int{}
		for cbor, server := range servers {
			filled := maps.Clone(tt.in)
			if name, ok := filled["ShardIterator"].(string); ok && name[0] == '$' {
				filled["ShardIterator"] = last[cbor][name[1:]]
			}
			var kind string
			want := jsonType
			if cbor {
				want = cborType
			}
			statuses[cbor], kind, answers[cbor] = askIn(t, server, cbor, tt.operation, filled)
			if kind != want {
				t.Errorf("%d %s: answered with %s", i, tt.operation, kind)
			}
			if members, ok := answers[cbor].(map[string]any); ok {
				last[cbor] = maps.Clone(members)
				for name := range members { // iterators and tokens are sealed, each anew
					if strings.HasSuffix(name, "Iterator") || name == "NextToken" {
						members[name] = "sealed"
					}
				}
			}
		}
		if statuses[true] != statuses[false] || !reflect.DeepEqual(answers[true], answers[false]) {
			t.Errorf("%d %s: %d %v\nwant %d %v", i, tt.operation, statuses[true], answers[true], statuses[false], answers[false])
		}
	}
	asked := map[string]bool{}
	for _, tt := range formatRequests {
		asked[tt.operation] = true
	}
	for _, name := range slices.Sorted(maps.Keys(streamOperations)) {
		if !asked[name] {
			t.Errorf("%s is not asked here", name)
		}
	}
}

// askIn sends one request in either format and returns the answer as JSON has it.
func askIn(t *testing.T, h *Server, cbor bool, operation string, in any) (status int, kind string, answer any) {
	t.Helper()
	var body []byte
	var err error
	kind = jsonType
	if cbor {
		kind = cborType
		body, err = encodeCBOR(nil, in)
	} else {
		body, err = json.Marshal(in)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := ask(h, "POST", kinesisTarget+operation, string(body), "Content-Type", kind)
	switch {
	case w.Body.Len() == 0:
	case cbor:
		answer = readCBOR(t, w.Body.Bytes())
	default:
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%v in %q", err, w.Body)
		}
	}
	return w.Code, w.Header().Get("Content-Type"), answer
}

// TestBadCBOR: what is no request is answered in CBOR, in AWS's error shape.
func TestBadCBOR(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	tests := []struct {
		name, target, body string
		header             []string
		status             int
		want               in
	}{
		{"no body", "PutRecords", "", nil, 400, in{"__type": "SerializationException", "Message": ""}},
		{"garbage", "PutRecord", "{}", nil, 400, in{"__type": "SerializationException", "Message": ""}},
		{"half a body", "PutRecords", "\xbf\x61", nil, 400, in{"__type": "SerializationException", "Message": ""}},
		{"a list", "PutRecords", "\x80", nil, 400, in{"__type": "SerializationException", "Message": "Start of list found where not expected"}},
		{"no signature", "PutRecord", "\xa0", []string{"Authorization", ""}, 400, in{"__type": "MissingAuthenticationTokenException", "message": "Missing Authentication Token"}},
		{"a parameter of the content type", "PutRecords", "\xf6", []string{"Content-Type", cborType + "; charset=utf-8"}, 400, in{"__type": "SerializationException", "Message": ""}},
		{"17 MiB", "PutRecords", strings.Repeat(" ", 17<<20), nil, 413, in{"__type": "RequestEntityTooLargeException", "message": "The request body is longer than wavetank reads (16 MiB)."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(h, "POST", kinesisTarget+tt.target, tt.body, append([]string{"Content-Type", cborType}, tt.header...)...)
			if got := readCBOR(t, w.Body.Bytes()); w.Code != tt.status || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%d %v, want %d %v", w.Code, got, tt.status, tt.want)
			}
			if h := w.Header(); h.Get("Content-Type") != cborType || h.Get("x-amzn-ErrorType") != tt.want["__type"] ||
				len(h.Get("x-amzn-RequestId")) != 36 || len(h.Get("x-amz-id-2")) != 96 {
				t.Errorf("headers %v", h)
			}
		})
	}
}

// TestFirehoseHasNoCBOR: the AWS SDK for Java sends CBOR to Kinesis only.
func TestFirehoseHasNoCBOR(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	w := ask(h, "POST", firehoseTarget+"ListDeliveryStreams", "\xa0", "Content-Type", cborType)
	if w.Code != 404 || w.Header().Get("x-amzn-ErrorType") != "UnknownOperationException" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestEndOfAShardInCBOR: the answer at the end of a closed shard has its children and no next iterator, as in JSON.
func TestEndOfAShardInCBOR(t *testing.T) {
	out := &kinesis.GetRecordsOutput{MillisBehindLatest: 1 << 33, ChildShards: []kinesis.ChildShard{
		{ShardId: "shardId-000000000002", ParentShards: []string{"shardId-000000000000", "shardId-000000000001"}, HashKeyRange: kinesis.HashKeyRange{StartingHashKey: "0", EndingHashKey: "9"}},
		{ShardId: "shardId-000000000003", ParentShards: []string{}, HashKeyRange: kinesis.HashKeyRange{StartingHashKey: "10", EndingHashKey: "19"}},
	}}
	var want any
	if err := json.Unmarshal(out.AppendJSON(nil), &want); err != nil {
		t.Fatal(err)
	}
	if got := readCBOR(t, out.AppendCBOR(nil)); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestEveryOperationTakesCBOR: an empty request is answered in both formats alike, whatever the operation.
func TestEveryOperationTakesCBOR(t *testing.T) {
	h := newServer(t, kinesis.Limits{Calls: map[string]int64{"DescribeLimits": 2}})
	for _, name := range slices.Sorted(maps.Keys(kinesisOperations)) {
		wantStatus, _, want := askIn(t, h, false, name, in{})
		status, kind, got := askIn(t, h, true, name, in{})
		if kind != cborType || status != wantStatus || !maps.Equal(kinds(got), kinds(want)) {
			t.Errorf("%s: %d %s %v, want %d %v", name, status, kind, got, wantStatus, want)
		}
	}
}

// kinds are the members of an answer by the kind of their values; texts of errors are told apart.
func kinds(answer any) map[string]any {
	out := map[string]any{}
	members, _ := answer.(map[string]any)
	for name, v := range members {
		out[name] = fmt.Sprintf("%T", v)
		if name == "__type" || strings.EqualFold(name, "message") {
			out[name] = v
		}
	}
	return out
}
