package iamtest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/account/iamtest"
)

func TestActions(t *testing.T) {
	tests := []struct {
		name, service, method, url, target, body string
		want                                     []string
	}{
		{"a target header", "kinesis", "POST", "/", "Kinesis_20131202.PutRecords", "{}", []string{"kinesis:PutRecords"}},
		{"tags of a new stream", "kinesis", "POST", "/", "Kinesis_20131202.CreateStream", `{"StreamName":"x","Tags":{"a":"b"}}`, []string{"kinesis:CreateStream", "kinesis:AddTagsToStream"}},
		{"no tags", "kinesis", "POST", "/", "Kinesis_20131202.CreateStream", `{"StreamName":"Tags"}`, []string{"kinesis:CreateStream"}},
		{"the tagging API", "tagging", "POST", "/", "ResourceGroupsTaggingAPI_20170126.GetResources", "{}", []string{"tag:GetResources"}},
		{"CBOR", "monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/GetMetricData", "", "\xbf\xff", []string{"cloudwatch:GetMetricData"}},
		{"a form", "iam", "POST", "/", "", "Action=DeleteRole&RoleName=x", []string{"iam:DeleteRole"}},
		{"a role with tags", "iam", "POST", "/", "", "Action=CreateRole&Tags.member.1.Key=a", []string{"iam:CreateRole", "iam:TagRole"}},
		{"a function gets a role", "lambda", "POST", "/2015-03-31/functions", "", "{}", []string{"lambda:CreateFunction", "iam:PassRole"}},
		{"a route with an ARN", "lambda", "GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Ax", "", "", []string{"lambda:ListTags"}},
		{"invoked", "lambda", "POST", "/2015-03-31/functions/x/invocations", "", "{}", []string{"lambda:InvokeFunction"}},
		{"buckets", "s3", "GET", "/?x-id=ListBuckets", "", "", []string{"s3:ListAllMyBuckets"}},
		{"a bucket is looked for", "s3", "HEAD", "/b", "", "", []string{"s3:ListBucket"}},
		{"objects", "s3", "GET", "/b?list-type=2", "", "", []string{"s3:ListBucket"}},
		{"versions", "s3", "GET", "/b?versions=", "", "", []string{"s3:ListBucketVersions"}},
		{"objects are deleted", "s3", "POST", "/b?delete=", "", "<Delete><Object><Key>k</Key></Object></Delete>", []string{"s3:DeleteObject"}},
		{"versions are deleted", "s3", "POST", "/b?delete=", "", "<Delete><Object><Key>k</Key><VersionId>v</VersionId></Object></Delete>", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
		{"an object", "s3", "GET", "/b/k/l", "", "", []string{"s3:GetObject"}},
		{"an object by host", "s3", "GET", "http://b.s3.eu-west-1.amazonaws.com/k", "", "", []string{"s3:GetObject"}},
		{"a bucket by host", "s3", "DELETE", "http://b.s3.eu-west-1.amazonaws.com/", "", "", []string{"s3:DeleteBucket"}},
		{"a service nobody knows", "sqs", "POST", "/", "AmazonSQS.SendMessage", "{}", []string{"unknown:POST /"}},
		{"a route nobody knows", "lambda", "GET", "/2099-01-01/wishes", "", "", []string{"unknown:GET /2099-01-01/wishes"}},
		{"not signed", "", "GET", "/", "", "", []string{"unknown:GET /"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.url, strings.NewReader(test.body))
			if test.service != "" {
				r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261124/eu-west-1/"+test.service+"/aws4_request, SignedHeaders=host, Signature=0")
			}
			if test.target != "" {
				r.Header.Set("X-Amz-Target", test.target)
			}
			if got := iamtest.Actions(r, []byte(test.body)); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestRecorder(t *testing.T) {
	rec := iamtest.New(transport(func(r *http.Request) (*http.Response, error) {
		body := make([]byte, 10)
		if n, _ := r.Body.Read(body); string(body[:n]) != "{}" {
			t.Errorf("the body did not get through: %q", body[:n])
		}
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	}))
	for range 2 {
		r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Credential=AKID/20261124/eu-west-1/kinesis/aws4_request")
		r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
		resp, err := rec.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	missing, idle := iamtest.Compare([]string{"kinesis:DeleteStream"}, rec.Actions())
	if !slices.Equal(missing, []string{"kinesis:ListStreams"}) || !slices.Equal(idle, []string{"kinesis:DeleteStream"}) {
		t.Errorf("missing %v, idle %v", missing, idle)
	}
	if rec.Reset(); len(rec.Actions()) != 0 {
		t.Error("it remembers")
	}
}
