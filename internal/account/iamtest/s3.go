package iamtest

import (
	"net/http"
	"strings"
)

// s3Action is the action of a request to S3, addressed by path or by host. AWS, "Required permissions for Amazon S3 API
// operations": the names of actions are not those of operations.
func s3Action(r *http.Request) string {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if host, _, ok := strings.Cut(r.Host, ".s3."); ok && host != "" {
		bucket, key = host, strings.TrimPrefix(r.URL.Path, "/")
	}
	switch {
	case bucket == "" && r.Method == http.MethodGet:
		return "ListAllMyBuckets"
	case bucket == "":
		return ""
	case key == "":
		return bucketAction(r)
	}
	return objectAction(r)
}

func bucketAction(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case q.Has("tagging") && r.Method == http.MethodGet:
		return "GetBucketTagging"
	case q.Has("tagging") && r.Method == http.MethodPut:
		return "PutBucketTagging"
	case q.Has("versioning") && r.Method == http.MethodPut:
		return "PutBucketVersioning"
	case q.Has("versions"):
		return "ListBucketVersions"
	case q.Has("delete") && r.Method == http.MethodPost:
		return "DeleteObject"
	}
	return map[string]string{
		http.MethodHead: "ListBucket", http.MethodGet: "ListBucket", http.MethodPut: "CreateBucket", http.MethodDelete: "DeleteBucket",
	}[r.Method]
}

func objectAction(r *http.Request) string {
	version := ""
	if r.URL.Query().Has("versionId") {
		version = "Version"
	}
	return map[string]string{
		http.MethodHead: "GetObject" + version, http.MethodGet: "GetObject" + version, http.MethodPut: "PutObject",
		http.MethodDelete: "DeleteObject" + version,
	}[r.Method]
}
