package server

import (
	"net/http"
	"strings"
)

// defaultRegion is where requests without a signature belong.
const defaultRegion = "us-east-1"

// identity is what a request's signature says. The signature itself is not checked: any secret will do.
type identity struct {
	account string // the access key id where it is a 12-digit account number, else ""
	region  string
	service string
}

// identify reads the credential scope of an Authorization header or of a presigned URL:
// AKIAEXAMPLE/20261124/ap-northeast-1/kinesis/aws4_request (AWS General Reference, Signature Version 4).
func identify(r *http.Request) identity {
	scope := ""
	if h := r.Header.Get("Authorization"); h != "" {
		if _, after, ok := strings.Cut(h, "Credential="); ok {
			scope, _, _ = strings.Cut(after, ",")
			scope, _, _ = strings.Cut(scope, " ")
		}
	} else if r.URL.RawQuery != "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	}
	parts := strings.Split(scope, "/")
	if len(parts) < 5 {
		return identity{}
	}
	n := len(parts) // an access key id may hold a slash in tools that make one up
	id := identity{region: parts[n-3], service: parts[n-2]}
	if key := strings.Join(parts[:n-4], "/"); isAccount(key) {
		id.account = key
	}
	return id
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
