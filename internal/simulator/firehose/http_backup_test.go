package firehose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// With AllData the bucket gets every record as it came, in a buffer of its own, and what failed under the error prefix too.
func TestHTTPBackupOfAllData(t *testing.T) {
	w := newWorld(t, nil)
	w.createStream("s", 2)
	retry := time.Second
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Source: "s", Bucket: "bucket", Prefix: "all/", Buffering: &firehose.BufferingHints{Size: mib, Interval: time.Minute},
		HTTP: &firehose.HTTPEndpoint{
			URL: "https://example.com/", BackupMode: firehose.AllData, RetryDuration: &retry,
			Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
		},
	}))
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer {
		if len(w.endpoint.requests) < 5 {
			return firehose.Answer{Failure: firehose.ConnectionFailed}
		}
		return r.Accept(now)
	}
	w.produce(100, 8, 250*time.Millisecond, 500*time.Millisecond, w.onto("s"))
	w.run(5 * time.Second)
	held := 0
	w.firehose.Held(func(_, source string, recs []record.Record) { held += len(recs) })
	if held == 0 || held > 10 {
		t.Errorf("%d records are held: copies do not count", held)
	}
	w.run(3 * time.Minute)

	all, failed, names := map[uint64]bool{}, map[uint64]bool{}, map[string]bool{}
	for _, b := range w.backups {
		into := all
		if b.Failed {
			into = failed
		}
		if strings.Contains(b.Key, "http-endpoint-failed/") != b.Failed || !strings.HasPrefix(b.Key, "all/") {
			t.Errorf("%+v", b)
		}
		name := b.Key[len(b.Key)-36:]
		if names[name] {
			t.Errorf("two objects are named %s", name)
		}
		names[name] = true
		for _, r := range b.Records {
			if into[r.Number] {
				t.Errorf("record %d is twice in the backup", r.Number)
			}
			into[r.Number] = true
		}
	}
	if len(all) != 100 || len(failed) == 0 || len(failed)+len(w.lags()) != 100 || len(w.discarded) != 0 {
		t.Errorf("of 100: %d backed up, %d failed, %d delivered, %d discarded", len(all), len(failed), len(w.lags()), len(w.discarded))
	}
}

// Both lanes end with their delivery stream, and a record that is in both is discarded once.
func TestDeleteWithABackup(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, _ *firehose.Config) { h.BackupMode = firehose.AllData })
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer { return r.Refuse(now, 500, "") }
	w.produce(8, 4, 0, time.Second, w.direct("d"))
	w.run(8 * time.Second)
	if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
		t.Fatal(err)
	}
	w.run(time.Hour)
	if len(w.discarded) != 8 || len(w.backups) != 0 || len(w.delivered) != 0 {
		t.Errorf("%d discarded, %d backups, %d delivered", len(w.discarded), len(w.backups), len(w.delivered))
	}
}

// A backup bucket that takes nothing holds Direct PUT back as an endpoint does.
func TestCrowdedBackupRefuses(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, c *firehose.Config) {
		h.BackupMode = firehose.AllData
		c.Store, c.Model.MaxPending = &flaky{Store: c.Store, until: c.Clock.Now().Add(time.Hour)}, 2*mib
	})
	w.produce(100, 100_000, 0, time.Second, w.direct("d"))
	w.run(10 * time.Minute)
	if held := 100 - w.refused; w.refused == 0 || held*100_000 < 2*mib {
		t.Fatalf("%d of 100 records are refused", w.refused)
	}
	w.run(2 * time.Hour)
	accepted := 100 - w.refused
	copies := 0
	for _, b := range w.backups {
		copies += len(b.Records)
	}
	if copies != accepted || len(w.lags()) != accepted {
		t.Errorf("of %d accepted records %d are backed up and %d delivered", accepted, copies, len(w.lags()))
	}
}

// A source whose data are all backed up is read twice a second: what arrives at 0.25 s is buffered at 0.5 s, else at 1 s.
func TestHTTPSourceReads(t *testing.T) {
	for mode, want := range map[string]time.Duration{firehose.FailedDataOnly: 5750 * time.Millisecond, firehose.AllData: 5250 * time.Millisecond} {
		w := newWorld(t, nil)
		w.createStream("s", 1)
		w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Source: "s", Bucket: "bucket", HTTP: &firehose.HTTPEndpoint{
			URL: "https://example.com/", BackupMode: mode, Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
		}}))
		w.produce(1, 8, 250*time.Millisecond, 0, w.onto("s"))
		w.run(time.Minute)
		if got := w.lags()[0]; got != want {
			t.Errorf("%s: the lag is %v, want %v", mode, got, want)
		}
	}
}
