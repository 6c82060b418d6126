package kinesis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

func startEncryption(s *Service, key string) error {
	return s.StartStreamEncryption(StartStreamEncryptionInput{StreamName: new("s"), EncryptionType: new("KMS"), KeyId: &key})
}

func stopEncryption(s *Service) error {
	return s.StopStreamEncryption(StopStreamEncryptionInput{StreamName: new("s"), EncryptionType: new("KMS"), KeyId: new("alias/aws/kinesis")})
}

// encryptions are the EncryptionType of each record of a shard, "" where it is left out.
func encryptions(t *testing.T, s *Service, shard string) (out []string) {
	t.Helper()
	it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON"), ShardId: &shard})
	page, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Records []struct{ EncryptionType string }
	}
	if err := json.Unmarshal(page.AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Records {
		out = append(out, r.EncryptionType)
	}
	return out
}

// TestRecordsKeepTheirEncryption: a record says how it was stored, whatever the stream does now; puts say what the stream
// does, and nothing at all where it is not encrypted.
func TestRecordsKeepTheirEncryption(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Updating: 5 * time.Second}}, "s", 1)
	put := func(want string) {
		t.Helper()
		one, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k")})
		if err != nil || one.EncryptionType != want {
			t.Errorf("PutRecord says %+v, %v, want %q", one, err, want)
		}
		many, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{{Data: []byte("a"), PartitionKey: new("k")}}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ EncryptionType string }
		if b := many.AppendJSON(nil); json.Unmarshal(b, &got) != nil || got.EncryptionType != want || want == "" && strings.Contains(string(b), "Encryption") {
			t.Errorf("PutRecords says %s, want %q", b, want)
		}
	}
	put("")
	if err := startEncryption(s, "alias/aws/kinesis"); err != nil {
		t.Fatal(err)
	}
	put("") // it is UPDATING
	c.RunUntil(clock.Epoch.Add(5 * time.Second))
	put("KMS")
	if err := startEncryption(s, "alias/another"); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	put("KMS")
	if err := stopEncryption(s); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(15 * time.Second))
	put("")
	want := []string{"", "", "", "", "KMS", "KMS", "KMS", "KMS", "", ""}
	if got := encryptions(t, s, "0"); !slices.Equal(got, want) {
		t.Errorf("the records are %q, want %q", got, want)
	}
}

// TestEncryptionAtOneInstant: under the model local encryption comes at once, between two puts of the same instant.
func TestEncryptionAtOneInstant(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	put(t, s, "a")
	if err := startEncryption(s, "alias/aws/kinesis"); err != nil {
		t.Fatal(err)
	}
	put(t, s, "b")
	if got := encryptions(t, s, "0"); !slices.Equal(got, []string{"", "KMS"}) {
		t.Errorf("the records are %q", got)
	}
	// A shard that is made later belongs to the era in which it is made.
	st := s.streams["s"]
	young := newShard(1, st.shards[0].start, st.shards[0].end, s.limitsOf(mib), 0)
	st.shards, st.open = append(st.shards, young), []*shard{young}
	put(t, s, "c")
	if got := encryptions(t, s, "1"); !slices.Equal(got, []string{"KMS"}) {
		t.Errorf("the records of the young shard are %q", got)
	}
}

// TestErasAreForgotten: of a stream whose encryption changes every day not more is kept than its records need.
func TestErasAreForgotten(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for day := range 40 {
		err := stopEncryption(s)
		if day%2 == 0 {
			err = startEncryption(s, "alias/aws/kinesis")
		}
		if err != nil {
			t.Fatal(err)
		}
		c.RunUntil(c.Now().Add(20 * time.Hour))
		put(t, s, "a")
	}
	if n := len(s.streams["s"].eras); n > 3 {
		t.Errorf("%d eras are kept", n)
	}
	if got := encryptions(t, s, "0"); !slices.Equal(got, []string{"KMS", ""}) {
		t.Errorf("the records are %q", got)
	}
}

// TestEncryptionIsDescribed: the stream is UPDATING, refuses another change and then shows its key.
func TestEncryptionIsDescribed(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Updating: 5 * time.Second}}, "s", 1)
	shows := func(status, encryption, key string) {
		t.Helper()
		out, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
		if err != nil {
			t.Fatal(err)
		}
		if d := out.StreamDescription; d.StreamStatus != status || d.EncryptionType != encryption || d.KeyId != key {
			t.Errorf("the stream is %s, %s with %q", d.StreamStatus, d.EncryptionType, d.KeyId)
		}
	}
	if err := startEncryption(s, "alias/mine"); err != nil {
		t.Fatal(err)
	}
	shows(statusUpdating, "NONE", "")
	want(t, stopEncryption(s), codeInUse, "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING")
	c.RunUntil(clock.Epoch.Add(5 * time.Second))
	shows(statusActive, "KMS", "alias/mine")
	if err := startEncryption(s, "alias/mine"); err != nil {
		t.Fatal(err)
	}
	shows(statusActive, "KMS", "alias/mine") // nothing changes
	if err := stopEncryption(s); err != nil {
		t.Fatal(err)
	}
	shows(statusUpdating, "KMS", "alias/mine")
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	shows(statusActive, "NONE", "")
}

func TestKeyForms(t *testing.T) {
	const id = "12345678-1234-1234-1234-123456789012"
	tests := []struct {
		name, key string
		ok        bool
	}{
		{"the id of a key", id, true},
		{"of a multi-Region key", "mrk-1234abcd12ab34cd56ef1234567890ab", true},
		{"the ARN of a key", "arn:aws:kms:us-east-1:123456789012:key/" + id, true},
		{"the ARN of an alias", "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/MyAliasName", true},
		{"an alias", "alias/MyAliasName", true},
		{"AWS's own", "alias/aws/kinesis", true},
		{"a name", "MyAliasName", false},
		{"the ARN of a stream", "arn:aws:kinesis:us-east-1:123456789012:stream/s", false},
		{"half an id", id[:18], false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStream(t, Config{}, "s", 1)
			err := startEncryption(s, tt.key)
			if tt.ok && err != nil {
				t.Error(err)
			}
			if !tt.ok {
				want(t, err, "KMSNotFoundException", "Invalid keyId "+tt.key+".")
			}
		})
	}
}

func TestEncryptionRefusals(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	want(t, s.StartStreamEncryption(StartStreamEncryptionInput{StreamName: new("s"), EncryptionType: new("AES")}), codeValidation,
		"2 validation errors detected: Value 'AES' at 'encryptionType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, KMS]; "+
			"Value null at 'keyId' failed to satisfy constraint: Member must not be null")
	want(t, s.StopStreamEncryption(StopStreamEncryptionInput{StreamName: new("s"), EncryptionType: new("NONE"), KeyId: new("k")}), codeInvalidArgument,
		"The only valid EncryptionType is KMS; NONE was given.")
	want(t, s.StopStreamEncryption(StopStreamEncryptionInput{StreamName: new("t"), EncryptionType: new("KMS"), KeyId: new("k")}), codeNotFound,
		"Stream t under account 123456789012 not found.")
}

// TestTwentyFiveKeysADay: 25 new keys in a rolling 24 hours, and as many ends of an encryption.
func TestTwentyFiveKeysADay(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for i := range 25 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i) * time.Minute))
		if err := startEncryption(s, fmt.Sprintf("alias/key-%d", i)); err != nil {
			t.Fatal(err)
		}
		if err := startEncryption(s, fmt.Sprintf("alias/key-%d", i)); err != nil {
			t.Fatalf("the key it has: %v", err)
		}
	}
	const tooMany = "The encryption of stream s under account 123456789012 was changed 25 times in the last 24 hours."
	want(t, startEncryption(s, "alias/one-more"), codeLimitExceeded, tooMany)
	c.RunUntil(clock.Epoch.Add(24 * time.Hour))
	if err := startEncryption(s, "alias/one-more"); err != nil {
		t.Errorf("the first is a day old: %v", err)
	}
	want(t, startEncryption(s, "alias/two-more"), codeLimitExceeded, tooMany)
	if err := stopEncryption(s); err != nil {
		t.Errorf("ends are counted apart: %v", err)
	}
}
