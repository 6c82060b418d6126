package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// TestGetCallerIdentity with the real client: the account is that of the access key id. What else STS does is refused by name.
func TestGetCallerIdentity(t *testing.T) {
	server := httptest.NewServer(newServer(t, kinesis.Limits{}))
	defer server.Close()
	for key, account := range map[string]string{"any": "123456789012", "111122223333": "111122223333"} {
		client := sts.New(sts.Options{
			Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider(key, "secret", ""),
		})
		out, err := client.GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *out.Account != account || *out.UserId != account || *out.Arn != "arn:aws:iam::"+account+":root" {
			t.Errorf("%s is %s, %s of %s", key, *out.UserId, *out.Arn, *out.Account)
		}
		_, err = client.GetSessionToken(t.Context(), nil)
		if e := smithy.APIError(nil); !errors.As(err, &e) || e.ErrorCode() != "InvalidAction" || !strings.Contains(e.ErrorMessage(), "GetSessionToken") {
			t.Errorf("GetSessionToken: %v", err)
		}
	}
}

// TestBadRequestsToSTS: they get an error document, and none is taken for one of S3.
func TestBadRequestsToSTS(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	signed := strings.Replace(authorization, "/kinesis/", "/sts/", 1)
	tests := []struct {
		name, method, body, authorization, code string
		status                                  int
	}{
		{"no action", "POST", "", signed, "InvalidAction", 400},
		{"GET", "GET", "", signed, "InvalidAction", 400},
		{"not a form", "POST", "Action=%zz", signed, "MalformedQueryString", 400},
		{"no signature", "POST", "Action=GetCallerIdentity", strings.Replace(signed, "Signature=00", "", 1), "IncompleteSignature", 400},
		{"17 MiB", "POST", strings.Repeat("a", 17<<20), signed, "RequestEntityTooLargeException", 413},
		{"all well", "POST", "Action=GetCallerIdentity&Version=2011-06-15", signed, "", http.StatusOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(h, tt.method, "", tt.body, "Authorization", tt.authorization)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), "<Code>"+tt.code+"</Code>") == (tt.code != "") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
