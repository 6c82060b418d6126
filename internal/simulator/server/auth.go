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

// identify reads the credential scope of an Authorization header or of a presigned URL.
func identify(r *http.Request) identity {
	if h := r.Header.Get("Authorization"); h != "" {
		return identityOf(credentialOf(h))
	}
	if r.URL.RawQuery != "" {
		return identityOf(r.URL.Query().Get("X-Amz-Credential"))
	}
	return identity{}
}

// credentialOf is the credential of an Authorization header.
func credentialOf(header string) string {
	_, after, _ := strings.Cut(header, "Credential=")
	credential, _, _ := strings.Cut(after, ",")
	credential, _, _ = strings.Cut(credential, " ")
	return credential
}

// identityOf reads a credential with its scope:
// AKIAEXAMPLE/20261124/ap-northeast-1/kinesis/aws4_request (AWS General Reference, Signature Version 4).
func identityOf(credential string) identity {
	parts := strings.Split(credential, "/")
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

// orDefaults fills in where a request belongs whose signature does not say it.
func (id identity) orDefaults(account string) identity {
	if id.account == "" {
		id.account = account
	}
	if id.region == "" {
		id.region = defaultRegion
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
