package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
)

// deliveries is an observer of deliveries alone.
type deliveries struct {
	target.Observer
	got map[string]target.Delivery
}

func (d *deliveries) Delivered(one target.Delivery) { d.got[one.Key] = one }

// Objects that come faster than they can be read are visible when they come, within the stated resolution, and not when
// their turn is.
func TestBucketWatchThatIsBehind(t *testing.T) {
	const poll, reading, every, n = time.Second, 3 * time.Second, time.Second, 20
	v := clock.NewVirtual()
	defer v.Stop()
	handler := server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: v})})
	client := func(get func()) *s3.Client {
		return s3.New(s3.Options{
			Region: "us-east-1", BaseEndpoint: aws.String("http://bucket.invalid"), UsePathStyle: true, Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
			HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/lake/") && len(r.URL.Path) > len("/lake/") {
					get()
				}
				if r.Body == nil {
					r.Body = http.NoBody // as a server has it
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				return w.Result(), nil
			}),
		})
	}
	free := client(func() {})
	if _, err := free.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("lake")}); err != nil {
		t.Fatal(err)
	}
	put, last := map[string]time.Time{}, time.Time{}
	v.Go("deliver", func(p *clock.Proc) {
		for i := range n {
			key := fmt.Sprintf("d-1-%02d", i)
			if _, err := free.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("lake"), Key: &key, Body: strings.NewReader("x")}); err != nil {
				t.Error(err)
			}
			put[key] = p.Now()
			last = p.Now()
			p.Sleep(every)
		}
	})
	seen := &deliveries{got: map[string]target.Delivery{}}
	tgt := New(Config{
		Endpoint: "http://bucket.invalid", Clock: v, Poll: poll, Next: func([]byte) int { return -1 }, Identify: identify,
	})
	w := &bucketWatch{target: tgt, bucket: "lake", names: []string{"d"}, seen: map[string]bool{}}
	tgt.observer, tgt.markers, tgt.watches = seen, nil, []*bucketWatch{w}
	v.Go("watch", func(p *clock.Proc) {
		tgt.s3 = client(func() { p.Sleep(reading) })
		w.run(p)
	})
	v.RunUntil(clock.Epoch.Add(n * every))
	if got, want := tgt.Unread(last), n-len(seen.got); want < n/2 || got != want {
		t.Errorf("%d objects are not read, want %d", got, want)
	}
	v.RunUntil(clock.Epoch.Add(n * (reading + every)))
	if left := tgt.Unread(last); left != 0 {
		t.Errorf("%d objects are left", left)
	}
	if out, err := free.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("lake")}); err != nil || len(out.Contents) > 0 || len(w.seen) > 0 {
		t.Errorf("in the bucket are %d objects, %v; %d keys are remembered", len(out.Contents), err, len(w.seen))
	}
	if len(seen.got) != n || len(put) != n {
		t.Fatalf("%d of %d objects are read", len(seen.got), len(put))
	}
	for key, d := range seen.got {
		late := d.At.Sub(put[key])
		if late < 0 || late > d.Resolution || d.Resolution > poll+reading {
			t.Errorf("%s: visible %v after it came, known to %v", key, late, d.Resolution)
		}
	}
}

// visible is an inside that tells when some objects became visible.
type visible struct {
	Inside
	at map[string]time.Time
}

func (v visible) Visible(_, key string) (time.Time, bool) {
	at, ok := v.at[key]
	return at, ok
}

// Objects of one list are read in the order in which they came: by the inside's instants, or else by the store's.
func TestBucketWatchReadsInTheOrderOfDelivery(t *testing.T) {
	second := func(n int) *time.Time { return aws.Time(clock.Epoch.Add(time.Duration(n) * time.Second)) }
	listed := func() []types.Object {
		return []types.Object{
			{Key: aws.String("a"), LastModified: second(3)},
			{Key: aws.String("b"), LastModified: second(1)},
			{Key: aws.String("c"), LastModified: second(3)},
			{Key: aws.String("d"), LastModified: second(2)},
		}
	}
	inside := visible{at: map[string]time.Time{"a": second(3).Add(2), "c": second(3).Add(1)}}
	for _, tt := range []struct {
		name, want string
		inside     Inside
	}{{"by the store's instants", "bdac", nil}, {"by the inside's", "bdca", inside}} {
		t.Run(tt.name, func(t *testing.T) {
			objects, got := listed(), ""
			(&bucketWatch{target: New(Config{Inside: tt.inside})}).byAge(objects)
			for _, o := range objects {
				got += *o.Key
			}
			if got != tt.want {
				t.Errorf("read in the order %s, want %s", got, tt.want)
			}
		})
	}
}
