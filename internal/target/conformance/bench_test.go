package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// late puts an object into a bucket as often as it is to be deleted, n times at most, as a delivery does that was on its
// way.
type late struct {
	next http.RoundTripper
	put  func(bucket string)
	n    int
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	if bucket := strings.Trim(r.URL.Path, "/"); r.Method == http.MethodDelete && !strings.Contains(bucket, "/") && l.n > 0 {
		l.n--
		l.put(bucket)
	}
	return l.next.RoundTrip(r)
}

// TestClearOfLateDeliveries holds that a bucket is deleted although objects come into it meanwhile.
func TestClearOfLateDeliveries(t *testing.T) {
	transport := fit(&http.Transport{})
	defer transport.CloseIdleConnections()
	between := &late{next: transport, n: 2}
	l := newLab(Endpoint{URL: serve(t), Transport: between}, Options{})
	between.put = func(bucket string) {
		if _, err := l.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("late"), Body: strings.NewReader("x")}); err != nil {
			t.Error(err)
		}
	}
	b := l.bench("late")
	if _, err := b.bucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := b.clear(t.Context()); left != "" || between.n != 0 {
		t.Errorf("left behind: %q, after %d of 2 late objects", left, 2-between.n)
	}
}
