package server

import (
	"bytes"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// FuzzPutRecordsScanner: the scanner takes what the general decoder takes, and gives the same.
func FuzzPutRecordsScanner(f *testing.F) {
	for _, body := range []string{
		`{"StreamName":"s","Records":[{"Data":"YQ==","PartitionKey":"k"},{"PartitionKey":"l","Data":"","ExplicitHashKey":"0"}]}`,
		` { "Records" : [ { "ExplicitHashKey" : null , "Data" : "YWJj" } , null ] , "DryRun" : true , "StreamARN" : "arn" } `,
		`{"Records":[{"Data":"YW\/j","PartitionKey":"\u00e9\ud83d\ude00\n"}],"Other":{"a":[1,-2.5e3,true,null,"x"]},"StreamName":null}`,
		`{"Records":[{"Data":"YQ==","Data":"Yg=="}],"Records":[{"Data":"Yw=="}]}`,
		`{"Records":[{"Data":"?","Data":"Yg=="}]}`,
		`{"Records":[{"Data":"YWJj","PartitionKey":"k"},{"Data":"YW\/j","PartitionKey":"l"}],"StreamName":"s"}`,
		`{"Records":[{"Data":"YWJj\","PartitionKey":"k"},{"Data":"YW\"j","PartitionKey":"k\"}"}]}`,
		`{"Records":[{"Data":"?"}],"Records":null}`,
		`{"Records":[{"Data":"YQ="}]}`, `{"Records":[{"Data":"YR=="}]}`, `{"Records":[{"Data":"YQ\n=="}]}`, `{"Records":[{"Data":5}]}`,
		`{"\u0052ecords":[]}`, `{"records":[]}`, `{"Records":[,]}`, `{"Records":[{}],}`, `{"StreamName":"\ud800"}`, `{"StreamName":"` + "\xff" + `"}`,
		`null`, `[]`, `5`, ``, `{"Records":{}}`, `{"DryRun":"true"}`, `{"a":01}`, `{"a":nul}`, `{"StreamName":"` + "\x01" + `"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want kinesis.PutRecordsInput
		wantErr := decodeKinesis(body, &want)
		var d putRecordsScanner
		got, err := d.scan(bytes.Clone(body))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: scanner says %v, decoder %v", body, err, wantErr)
		}
		if err != nil {
			return
		}
		same(t, got.StreamName, want.StreamName)
		same(t, got.StreamARN, want.StreamARN)
		if (got.DryRun == nil) != (want.DryRun == nil) || got.DryRun != nil && *got.DryRun != *want.DryRun {
			t.Fatalf("%q: DryRun differs", body)
		}
		if (got.Records == nil) != (want.Records == nil) || len(got.Records) != len(want.Records) {
			t.Fatalf("%q: %d records, want %d", body, len(got.Records), len(want.Records))
		}
		for i := range got.Records {
			g, w := got.Records[i], want.Records[i]
			same(t, g.PartitionKey, w.PartitionKey)
			same(t, g.ExplicitHashKey, w.ExplicitHashKey)
			if (g.Data == nil) != (w.Data == nil) || !bytes.Equal(g.Data, w.Data) {
				t.Fatalf("%q: data %q, want %q", body, g.Data, w.Data)
			}
		}
	})
}

// FuzzPutRecordScanner: the scanner takes what the general decoder takes, and gives the same.
func FuzzPutRecordScanner(f *testing.F) {
	for _, body := range []string{
		`{"StreamName":"s","Data":"YQ==","PartitionKey":"k"}`, `{"Data":"","ExplicitHashKey":"0","SequenceNumberForOrdering":"1","DryRun":false}`,
		` { "PartitionKey" : "\u00e9\ud83d\ude00\n" , "Data" : "YW\/j" , "StreamARN" : "arn" , "Other" : [ { } ] } `,
		`{"Data":"?","Data":"Yg=="}`, `{"Data":"Yg==","Data":null}`, `{"Data":"YQ="}`, `{"Data":"YR=="}`, `{"Data":"YQ\n=="}`, `{"Data":5}`,
		`{"Data":"YW\"j"}`, `{"data":"YWJj"}`, `{"StreamName":"\ud800"}`, `{"StreamName":null}`, `null`, `[]`, ``, `{}`, `{"DryRun":"true"}`, `{}{}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want kinesis.PutRecordInput
		wantErr := decodeKinesis(body, &want)
		sent := bytes.Clone(body)
		got, err := scanPutRecord(sent)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: scanner says %v, decoder %v", body, err, wantErr)
		}
		if err != nil {
			return
		}
		clear(sent) // what was decoded is no piece of it
		same(t, got.StreamName, want.StreamName)
		same(t, got.StreamARN, want.StreamARN)
		same(t, got.PartitionKey, want.PartitionKey)
		same(t, got.ExplicitHashKey, want.ExplicitHashKey)
		same(t, got.SequenceNumberForOrdering, want.SequenceNumberForOrdering)
		if (got.DryRun == nil) != (want.DryRun == nil) || got.DryRun != nil && *got.DryRun != *want.DryRun {
			t.Fatalf("%q: DryRun differs", body)
		}
		if (got.Data == nil) != (want.Data == nil) || !bytes.Equal(got.Data, want.Data) {
			t.Fatalf("%q: data %q, want %q", body, got.Data, want.Data)
		}
	})
}

func same(t *testing.T, got, want *string) {
	t.Helper()
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		t.Fatalf("%q, want %q", text(got), text(want))
	}
}

// TestScannerIsReusable: a scanner that has seen a large request reads a small one right, and the first one's records stay
// what they were.
func TestScannerIsReusable(t *testing.T) {
	var d putRecordsScanner
	first, err := d.scan([]byte(`{"StreamName":"s","Records":[{"Data":"YWFh","PartitionKey":"one","ExplicitHashKey":"7"},{"Data":"YmI=","PartitionKey":"two"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	data, key := first.Records[0].Data, *first.Records[0].PartitionKey
	second, err := d.scan([]byte(`{"StreamName":"t","Records":[{"Data":"Y2Nj","PartitionKey":"three"}]}`))
	if err != nil || len(second.Records) != 1 || second.Records[0].ExplicitHashKey != nil || string(second.Records[0].Data) != "ccc" {
		t.Fatalf("%+v, %v", second, err)
	}
	if string(data) != "aaa" || key != "one" {
		t.Errorf("the first request's record is now %q %q", data, key)
	}
}
