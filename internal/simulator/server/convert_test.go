package server

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// TestWhatCannotBeConverted holds AWS's words for values of a wrong kind (kinesalite, test/helpers.js, assertType), in the general
// decoder and in those of puts.
func TestWhatCannotBeConverted(t *testing.T) {
	const (
		number   = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to "
		flag     = "class java.lang.Boolean can not be converted to "
		text     = "class java.lang.String can not be converted to "
		list     = "Start of list found where not expected"
		table    = "Start of structure or map found where not expected."
		blob     = "' can not be converted to a Blob: "
		multiple = "Base64 encoded length is expected a multiple of 4 bytes but found: "
		stray    = "Invalid Base64 character: "
		last     = "Invalid last non-pad Base64 character dectected"
	)
	of := map[string][][2]string{ // the value and the message
		"Boolean": {
			{`"23"`, "'23' can not be converted to an Boolean"},
			{`"HelloWtf"`, "'HELLOWTF' can not be converted to an Boolean"},
			{`23`, number + "an Boolean"},
			{`-2147483648`, number + "an Boolean"},
			{`2147483648`, number + "an Boolean"},
			{`[]`, list},
			{`{}`, table},
		},
		"String": {
			{`true`, flag + "an String"},
			{`23`, number + "an String"},
			{`-2147483648`, number + "an String"},
			{`34.56`, number + "an String"},
			{`[]`, list},
			{`{}`, table},
		},
		"Integer": {{`"23"`, text + "an Integer"}, {`true`, flag + "an Integer"}, {`[]`, list}, {`{}`, table}},
		"Timestamp": {
			{`"now"`, text + "milliseconds since epoch"}, {`true`, flag + "milliseconds since epoch"}, {`[]`, list}, {`{}`, table},
		},
		"Blob": {
			{`true`, flag + "a Blob"},
			{`23`, number + "a Blob"},
			{`-2147483648`, number + "a Blob"},
			{`34.56`, number + "a Blob"},
			{`[]`, list},
			{`{}`, table},
			{`"23456"`, "'23456" + blob + multiple + "5"},
			{`"=+/="`, "'=+/=" + blob + stray + "'='"},
			{`"+/+="`, "'+/+=" + blob + last},
			{`"YR=="`, "'YR==" + blob + last},
			{`"YWJ="`, "'YWJ=" + blob + last},
			{`"YWJjYR=="`, "'YWJjYR==" + blob + last},
			{`"===="`, "'====" + blob + last},
			{`"YQ==YQ=="`, "'YQ==YQ==" + blob + stray + "'='"},
			{`"ab\nc"`, "'ab\nc" + blob + stray + "'\n'"},
			{`"ab-c"`, "'ab-c" + blob + stray + "'-'"},
			{`"\u00e9abc"`, "'éabc" + blob + stray + "'é'"},
			{`"\ud83d\ude00"`, "'😀" + blob + multiple + "2"},
			{`"` + strings.Repeat("a", 1025) + `"`, "'" + strings.Repeat("a", 1024) + "…" + blob + multiple + "1025"},
		},
		"List":      {{`"23"`, "Expected list or null"}, {`true`, "Expected list or null"}, {`23`, "Expected list or null"}, {`{}`, table}},
		"Map":       {{`"23"`, "Expected map or null"}, {`true`, "Expected map or null"}, {`34.56`, "Expected map or null"}, {`[]`, list}},
		"Structure": {{`"23"`, "Expected null"}, {`true`, "Expected null"}, {`23`, "Expected null"}, {`[]`, list}},
	}
	members := []struct{ kind, operation, before, after string }{
		{"Boolean", "DeleteStream", `{"EnforceConsumerDeletion":`, `}`},
		{"Boolean", "PutRecord", `{"DryRun":`, `}`},
		{"Boolean", "PutRecords", `{"DryRun":`, `}`},
		{"String", "GetShardIterator", `{"ShardId":`, `}`},
		{"String", "PutRecord", `{"PartitionKey":`, `}`},
		{"String", "PutRecords", `{"Records":[{"ExplicitHashKey":`, `}]}`},
		{"Integer", "GetRecords", `{"Limit":`, `}`},
		{"Timestamp", "GetShardIterator", `{"Timestamp":`, `}`},
		{"Blob", "PutRecord", `{"Data":`, `}`},
		{"Blob", "PutRecords", `{"Records":[{"PartitionKey":"k","Data":`, `}]}`},
		{"Blob", "PutRecords", `{"Records":[{"Data":`, `,"PartitionKey":"k"}]}`},
		{"List", "PutRecords", `{"Records":`, `}`},
		{"List", "RemoveTagsFromStream", `{"TagKeys":`, `}`},
		{"Map", "AddTagsToStream", `{"Tags":`, `}`},
		{"Structure", "ListShards", `{"ShardFilter":`, `}`},
		{"Structure", "PutRecords", `{"Records":[`, `]}`},
	}
	h := newStill(t, kinesis.Config{})
	for _, m := range members {
		for _, value := range of[m.kind] {
			body := m.before + value[0] + m.after
			w := ask(h, "POST", kinesisTarget+m.operation, body)
			var e struct {
				Type    string `json:"__type"`
				Message string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Type != "SerializationException" || e.Message != value[1] {
				t.Errorf("%s %s: %s %q\nwant %q", m.operation, body, e.Type, e.Message, value[1])
			}
		}
	}
	for _, body := range []string{`{"Data":"Y\"==","PartitionKey":1}`, `{"Data":"YR==","PartitionKey":"k"}`, `{"Data":"YQ==","PartitionKey":"k"}`} {
		var in kinesis.PutRecordInput
		general, err := decodeKinesis([]byte(body), &in), error(nil)
		if _, err = scanPutRecord([]byte(body)); (err == nil) != (general == nil) || err != nil && err.Error() != general.Error() {
			t.Errorf("%s: the scanner says %v, the general decoder %v", body, err, general)
		}
	}
}

// TestWhatIsConverted: numbers for whole numbers, words for flags, any number for an instant.
func TestWhatIsConverted(t *testing.T) {
	tests := []struct{ name, operation, body, want string }{
		{"a fraction", "ListShards", `{"StreamName":"s","MaxResults":0.7}`, "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"a fraction below nought", "ListShards", `{"StreamName":"s","MaxResults":-5.7}`, "Value '-6' at 'maxResults'"},
		{"a fraction that is taken", "ListShards", `{"StreamName":"s","MaxResults":5.7}`, `"Shards":[`},
		{"a number that is too large", "ListShards", `{"StreamName":"s","MaxResults":1e30}`, "Value '2147483647' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10000"},
		{"a number that is far too small", "ListShards", `{"StreamName":"s","MaxResults":-1e999}`, "Value '-2147483648' at 'maxResults'"},
		{"a large whole number", "ListShards", `{"StreamName":"s","MaxResults":2147483648}`, "Value '2147483647' at 'maxResults'"},
		{"a word that is true", "PutRecord", `{"StreamName":"s","Data":"","PartitionKey":"k","DryRun":"True"}`, "DryRunOperation"},
		{"a word for yes", "PutRecords", `{"StreamName":"s","Records":[{"Data":"","PartitionKey":"k"}],"DryRun":"yes"}`, "DryRunOperation"},
		{"a word that is false", "PutRecord", `{"StreamName":"s","Data":"","PartitionKey":"k","DryRun":"no"}`, `"SequenceNumber"`},
		{"a figure for false", "GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"LATEST","DryRun":"0"}`, `"ShardIterator"`},
		{
			"an instant in milliseconds", "GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1795967844555}`,
			"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1795967844555000, currentTimestampInMillis: ",
		},
		{"an instant before all time", "GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"AT_TIMESTAMP","Timestamp":-1e30}`, `"ShardIterator"`},
	}
	h := newStill(t, kinesis.Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(h, "POST", kinesisTarget+tt.operation, tt.body).Body.String(); !strings.Contains(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
