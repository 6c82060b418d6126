package server

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// FuzzCBOR: whatever is sent, nothing panics; what was decoded is the same when it is encoded and decoded again, and the
// same as by way of JSON; and the decoder for PutRecords gives what the general one gives.
func FuzzCBOR(f *testing.F) {
	for _, body := range []string{
		`bf "StreamName" "s" "Records" 82 a2 "Data" 41 61 "PartitionKey" "k" a3 "Data" 40 "PartitionKey" "l" "ExplicitHashKey" "0" ff`,
		`a2 "StreamARN" "a" "Records" 9f bf "Data" 43 616263 "Other" 82 01 f6 ff ff`,
		`a2 "Records" 80 "DryRun" f5`, `a1 "Records" f6`, `a1 "Records" 81 f6`, `a2 "Records" 80 "Records" 80`,
		`a1 "Records" 81 a2 "Data" 4161 "Data" 4162`, `a1 "Records" 81 a1 "PartitionKey" 7f "a" "b" ff`, `a1 "Records" 81 a1 "Data" "YQ=="`,
		`bf "Text" "x" "Blob" 43 000102 "Number" 20 "Long" 1b 0000000100000000 "Float" f9 3e00 "Flag" f4 ff`,
		`a4 "Time" c1 1b 0000019ab697e87b "List" 82 "a" "b" "Inner" a1 "Inner" a1 "Long" 07 "Table" a1 "k" "v"`,
		`a1 "Inners" 83 a1 "Word" "x" f6 a1 "Time" fb 4279ab697e87b000`, `d9d9f7 a0`, `a1 "a" f820`, `f6`, `80`, ``, `ff`, `bf`,
	} {
		f.Add(unhex(f, body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		checkPutRecordsCBOR(t, body)
		var v, again, byJSON everything
		if decodeCBOR(body, &v) != nil {
			return
		}
		first := mustEncode(t, &v)
		if err := decodeCBOR(first, &again); err != nil {
			t.Fatalf("% x: % x is not decoded: %v", body, first, err)
		}
		if second := mustEncode(t, &again); !bytes.Equal(first, second) {
			t.Fatalf("% x: encoded % x, then % x", body, first, second)
		}
		text, err := json.Marshal(&v)
		if err != nil || v.beforeEpoch() { // JSON has no number that is none; nothing in Kinesis is before the epoch
			return
		}
		if err := decode(text, &byJSON); err != nil {
			t.Fatalf("% x: %s is not decoded: %v", body, text, err)
		}
		if second := mustEncode(t, &byJSON); !bytes.Equal(first, second) {
			t.Fatalf("% x: encoded % x, by JSON % x", body, first, second)
		}
	})
}

func (v *everything) beforeEpoch() bool {
	for i := range v.Inners {
		if v.Inners[i].beforeEpoch() {
			return true
		}
	}
	return v.Time != nil && v.Time.UnixMilli() < 0 || v.Inner != nil && v.Inner.beforeEpoch()
}

func mustEncode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := encodeCBOR(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkPutRecordsCBOR compares the two decoders of PutRecords.
func checkPutRecordsCBOR(t *testing.T, body []byte) {
	t.Helper()
	var want kinesis.PutRecordsInput
	err := decodeCBOR(body, &want)
	var d putRecordsScanner
	got, ok := d.scanCBOR(bytes.Clone(body))
	if !ok {
		return
	}
	if err != nil {
		t.Fatalf("% x: the scanner takes what the decoder refuses with %v", body, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("% x: scanned %+v, decoded %+v", body, got, want)
	}
}

// TestCBORScannerTakesWhatClientsSend: the quick decoder is the one that is used.
func TestCBORScannerTakesWhatClientsSend(t *testing.T) {
	tests := []struct{ name, body string }{
		{"Java", `bf "Records" 9f bf "Data" 42 6869 "PartitionKey" "k" ff bf "Data" 40 "PartitionKey" "l" "ExplicitHashKey" "0" ff ff "StreamName" "s" ff`},
		{"an emulator's own", `a2 "StreamARN" "a" "Records" 81 a2 "PartitionKey" "k" "Data" 42 6869`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := unhex(t, tt.body)
			var d putRecordsScanner
			in, ok := d.scanCBOR(body)
			if !ok || len(in.Records) == 0 || string(in.Records[0].Data) != "hi" || *in.Records[0].PartitionKey != "k" {
				t.Fatalf("%v %+v", ok, in)
			}
			kept := in.Records[0].Data
			clear(body) // the next request's
			d.release()
			if string(kept) != "hi" {
				t.Errorf("the record is now %q", kept)
			}
		})
	}
}
