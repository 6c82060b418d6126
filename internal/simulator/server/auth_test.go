package server

import (
	"net/http/httptest"
	"testing"
)

func TestIdentify(t *testing.T) {
	tests := []struct {
		name, header, query string
		want                identity
	}{
		{"a header", authorization, "", identity{"", "eu-west-1", "kinesis"}},
		{
			"an account for a key", "AWS4-HMAC-SHA256 Credential=111122223333/20261124/us-east-1/s3/aws4_request, SignedHeaders=host", "",
			identity{"111122223333", "us-east-1", "s3"},
		},
		{"no blank behind the comma", "AWS4-HMAC-SHA256 Credential=a/20261124/us-east-1/s3/aws4_request,SignedHeaders=host", "", identity{"", "us-east-1", "s3"}},
		{"a key with a slash", "AWS4-HMAC-SHA256 Credential=a/b/20261124/us-east-1/lambda/aws4_request, x", "", identity{"", "us-east-1", "lambda"}},
		{"a presigned URL", "", "X-Amz-Credential=111122223333%2F20261124%2Feu-west-1%2Fs3%2Faws4_request", identity{"111122223333", "eu-west-1", "s3"}},
		{"nothing", "", "", identity{}},
		{"another scheme", "Bearer xyz", "", identity{}},
		{"a short scope", "AWS4-HMAC-SHA256 Credential=a/b/c", "", identity{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/?"+tt.query, nil)
			r.Header.Set("Authorization", tt.header)
			if got := identify(r); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}
