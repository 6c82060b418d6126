package orders

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// transformed is what becomes of records behind the transformation, one each.
func transformed(t *testing.T, data ...string) []events.KinesisFirehoseResponseRecord {
	t.Helper()
	e := events.KinesisFirehoseEvent{}
	for i, d := range data {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{RecordID: fmt.Sprintf("r-%d", i), Data: []byte(d)})
	}
	out, err := Transform(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range out.Records {
		if want := fmt.Sprintf("r-%d", i); r.RecordID != want {
			t.Errorf("result %d is of record %s, not of %s: Firehose fails the whole batch", i, r.RecordID, want)
		}
	}
	if len(out.Records) != len(data) {
		t.Fatalf("%d results of %d records: Firehose fails the whole batch", len(out.Records), len(data))
	}
	return out.Records
}

func TestTransform(t *testing.T) {
	const ok, dropped, failed = events.KinesisFirehoseTransformedStateOk, events.KinesisFirehoseTransformedStateDropped,
		events.KinesisFirehoseTransformedStateProcessingFailed
	type result struct{ Result, Data string }
	rows := []struct {
		name, data string
		want       result
	}{
		{"an order", `{"id":"o-1","customer":"c-1","cents":1230}`, result{ok, `{"id":"o-1","customer":"c-1","amount":"12.30"}` + "\n"}},
		{"cents alone", `{"id":"o-2","customer":"c-1","cents":5}`, result{ok, `{"id":"o-2","customer":"c-1","amount":"0.05"}` + "\n"}},
		{"a refund", `{"id":"o-3","customer":"c-1","cents":-150}`, result{ok, `{"id":"o-3","customer":"c-1","amount":"-1.50"}` + "\n"}},
		{"of our own people", `{"id":"o-4","customer":"c-1","cents":1,"test":true}`, result{dropped, ""}},
		{"cut off", `{"id":"o-5","cust`, result{failed, `{"id":"o-5","cust`}},
		{"without a customer", `{"id":"o-6"}`, result{failed, `{"id":"o-6"}`}},
		{"nothing", ``, result{failed, ``}},
	}
	var all []string
	for _, row := range rows {
		all = append(all, row.data)
	}
	for i, got := range transformed(t, all...) {
		if diff := cmp.Diff(rows[i].want, result{got.Result, string(got.Data)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rows[i].name, diff)
		}
	}
}

// A transformation may answer with 6 MB. Lines are shorter than the orders that they come of, or a full batch fails.
func TestLinesAreNoLongerThanOrders(t *testing.T) {
	order := `{"id":"` + strings.Repeat("1", 36) + `","customer":"` + strings.Repeat("2", 36) + `","cents":1234567}`
	for _, r := range transformed(t, order) {
		if grown := len(r.Data) - len(order); grown > 5 {
			t.Errorf("a line is %d bytes longer than its order", grown)
		}
	}
}

// Behind a delivery stream: what is in the archive is a line for each order, and what cannot be read lies beside it.
func TestArchive(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	stream := tank.Stream("orders", 1)
	archive := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, time.Minute),
		tanktest.Transform(Transform, tanktest.TransformBuffering(1<<20, time.Minute)))
	stream.Send(
		tanktest.Record{Key: "o-1", Data: []byte(`{"id":"o-1","customer":"c-1","cents":1230}`)},
		tanktest.Record{Key: "o-4", Data: []byte(`{"id":"o-4","customer":"c-1","cents":1,"test":true}`)},
		tanktest.Record{Key: "o-5", Data: []byte(`{"id":"o-5","cust`)},
	)
	tank.Advance(5 * time.Minute)
	archive.Delivered(t, 1)
	archive.Dropped(t, 1)
	archive.Failed(t, 1)
	if got, want := string(archive.Objects()[0].Body), `{"id":"o-1","customer":"c-1","amount":"12.30"}`+"\n"; got != want {
		t.Errorf("the archive holds %q, want %q", got, want)
	}
	if bad := archive.ProcessingFailed(); len(bad) != 1 || string(bad[0].Data) != `{"id":"o-5","cust` {
		t.Errorf("beside it lie %+v", bad)
	}
}
