package server

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// FuzzAnyRequest: whatever a client asks of whatever service, it gets an answer in the form that it can read, with a request id,
// and never blame of wavetank itself.
func FuzzAnyRequest(f *testing.F) {
	h := newServer(f, kinesis.Limits{})
	add := func(method, path, target, kind, more, body string) {
		f.Add(method, path, target, kind, more, []byte(body))
	}
	for target, body := range map[string]string{
		kinesisTarget + "PutRecords":       `{"StreamName":"s","Records":[{"Data":"YQ==","PartitionKey":"k"}]}`,
		kinesisTarget + "CreateStream":     `{"StreamName":"t","ShardCount":1,"Tags":{"a":"b"}}`,
		kinesisTarget + "GetShardIterator": `{"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1.5}`,
		kinesisTarget + "GetRecords":       `{"ShardIterator":"AAAA","Limit":1}`,
		kinesisTarget + "ListShards":       `{"NextToken":"AAAA","ShardFilter":{"Type":"AT_LATEST"}}`,
		kinesisTarget + "SubscribeToShard": `{"ConsumerARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1","ShardId":"shardId-000000000000","StartingPosition":{"Type":"LATEST"}}`,
		firehoseTarget + "PutRecordBatch":  `{"DeliveryStreamName":"d","Records":[{"Data":"YQ=="}]}`,
		firehoseTarget + "CreateDeliveryStream": `{"DeliveryStreamName":"d","DeliveryStreamType":"DirectPut","ExtendedS3DestinationConfiguration":` +
			`{"RoleARN":"arn:aws:iam::123456789012:role/r","BucketARN":"arn:aws:s3:::b","ProcessingConfiguration":{"Enabled":true,"Processors":[{"Type":"Lambda","Parameters":[` +
			`{"ParameterName":"LambdaArn","ParameterValue":"arn:aws:lambda:eu-west-1:123456789012:function:f"},{"ParameterName":"BufferSizeInMBs","ParameterValue":"0.2"}]}]}}}`,
		"DynamoDB_20120810.GetItem":   `{}`,
		kinesisTarget + "CreateQueue": `{}`,
	} {
		add("POST", "/", target, jsonType, "", body)
	}
	add("POST", "/", kinesisTarget+"DescribeStream", cborType, "", "\xbfjStreamNameas\xff")
	add("POST", "/", "", "application/x-www-form-urlencoded", "", "Action=GetCallerIdentity")
	add("POST", "/2015-03-31/functions", "", "application/json", "", `{"FunctionName":"f","Role":"arn:aws:iam::123456789012:role/r","Code":{"ZipFile":""}}`)
	add("POST", "/2015-03-31/event-source-mappings/", "", "application/json", "", `{"FunctionName":"f","EventSourceArn":"arn:aws:kinesis:eu-west-1:123456789012:stream/s","StartingPosition":"LATEST"}`)
	add("GET", "/2015-03-31/functions/f?Qualifier=1", "", "", "", "")
	add("PUT", "/b", "", "", "s3", "")
	add("PUT", "/b/k", "", "", "s3|X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER|X-Amz-Trailer: x-amz-checksum-crc32", "1\r\na\r\n0\r\nx-amz-checksum-crc32:6Lf3Qw==\r\n\r\n")
	add("GET", "/b/k", "", "", "s3|Range: bytes=0-0|If-Match: *", "")
	add("GET", "/b?list-type=2&max-keys=1&continuation-token=YQ==&encoding-type=url", "", "", "s3", "")
	add("POST", "/b?delete", "", "application/xml", "s3|Content-MD5: AAAA", `<Delete><Object><Key>k</Key></Object><Quiet>true</Quiet></Delete>`)
	add("POST", "/b/k?uploadId=u", "", "", "s3", `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>`)
	add("GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261124%2Feu-west-1%2Fs3%2Faws4_request", "", "", "none", "")
	f.Fuzz(func(t *testing.T, method, path, target, kind, more string, body []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond) // ends subscriptions
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1"+path, bytes.NewReader(body))
		if err != nil || r.URL.Host != "127.0.0.1" || r.Method == "" || len(body) > 1<<16 {
			return
		}
		service, headers, _ := strings.Cut(more, "|")
		if service == "" {
			service = "kinesis"
		}
		set := func(name, value string) {
			if printable(name) && printable(value) && value != "" {
				r.Header.Set(name, strings.TrimSpace(value))
			}
		}
		if service != "none" {
			set("Authorization", strings.Replace(authorization, "/kinesis/", "/"+service+"/", 1))
		}
		set("X-Amz-Date", "20261124T000000Z")
		set("X-Amz-Target", target)
		set("Content-Type", kind)
		for line := range strings.SplitSeq(headers, "|") {
			name, value, _ := strings.Cut(line, ":")
			set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		checkAnswer(t, r, w)
	})
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' })
}

// checkAnswer holds that an answer is one of AWS's form.
func checkAnswer(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	id := w.Header().Get("X-Amzn-RequestId") + w.Header().Get("X-Amz-Request-Id")
	if w.Code < 200 || w.Code > 599 || w.Code == http.StatusInternalServerError || len(id) < 16 {
		t.Fatalf("%s %s %s: %d, id %q: %s", r.Method, r.URL, r.Header, w.Code, id, w.Body)
	}
	switch kind := w.Header().Get("Content-Type"); {
	case w.Body.Len() == 0, r.Method == http.MethodHead:
	case kind == jsonType, kind == "application/json":
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s: not JSON: %q", r.Method, r.URL, w.Body)
		}
	case kind == cborType:
		var answer struct{}
		if err := decodeCBOR(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s %s: not CBOR: %v in % x", r.Method, r.URL, err, w.Body)
		}
	case kind == "application/xml":
		d := xml.NewDecoder(w.Body)
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%s %s: not XML: %v", r.Method, r.URL, err)
			}
		}
	}
}
