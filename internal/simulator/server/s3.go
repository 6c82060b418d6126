package server

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/fault"
)

// s3Request is a request of S3, taken apart.
type s3Request struct {
	*http.Request
	w      http.ResponseWriter
	call   *call
	bucket string
	key    string
	query  url.Values
}

// s3Route is one operation of S3's REST API.
type s3Route struct {
	name   string
	method string
	of     int    // what the path names
	query  string // the sub-resources that the query names, sorted and joined with &
	do     func(*Server, *s3Request) error
}

// What a path names.
const (
	ofService = iota
	ofBucket
	ofObject
)

// s3Routes are the operations that are offered, and those that are known by name and refused.
var s3Routes = []s3Route{
	{"ListBuckets", "GET", ofService, "", (*Server).listBuckets},
	{"CreateBucket", "PUT", ofBucket, "", (*Server).createBucket},
	{"HeadBucket", "HEAD", ofBucket, "", (*Server).headBucket},
	{"DeleteBucket", "DELETE", ofBucket, "", (*Server).deleteBucket},
	{"GetBucketLocation", "GET", ofBucket, "location", (*Server).getBucketLocation},
	{"ListObjectsV2", "GET", ofBucket, "list-type", (*Server).listObjectsV2},
	{"DeleteObjects", "POST", ofBucket, "delete", (*Server).deleteObjects},
	{"GetObject", "GET", ofObject, "", (*Server).getObject},
	{"HeadObject", "HEAD", ofObject, "", (*Server).headObject},
	{"PutObject", "PUT", ofObject, "", (*Server).putObject},
	{"DeleteObject", "DELETE", ofObject, "", (*Server).deleteObject},
	{"CreateMultipartUpload", "POST", ofObject, "uploads", (*Server).createMultipartUpload},
	{"UploadPart", "PUT", ofObject, "partNumber&uploadId", (*Server).uploadPart},
	{"CompleteMultipartUpload", "POST", ofObject, "uploadId", (*Server).completeMultipartUpload},
	{"AbortMultipartUpload", "DELETE", ofObject, "uploadId", (*Server).abortMultipartUpload},

	{"ListObjects", "GET", ofBucket, "", nil},
	{"ListObjectVersions", "GET", ofBucket, "versions", nil},
	{"ListMultipartUploads", "GET", ofBucket, "uploads", nil},
	{"ListParts", "GET", ofObject, "uploadId", nil},
	{"GetObjectTagging", "GET", ofObject, "tagging", nil},
	{"PutObjectTagging", "PUT", ofObject, "tagging", nil},
	{"GetObjectAttributes", "GET", ofObject, "attributes", nil},
	{"PutBucketPolicy", "PUT", ofBucket, "policy", nil},
	{"GetBucketVersioning", "GET", ofBucket, "versioning", nil},
	{"PutBucketVersioning", "PUT", ofBucket, "versioning", nil},
	{"PutBucketNotificationConfiguration", "PUT", ofBucket, "notification", nil},
	{"PutBucketLifecycleConfiguration", "PUT", ofBucket, "lifecycle", nil},
}

// subresources are the query members that make a request another operation (S3 API reference). A request with one that no
// route knows is refused and never taken for the operation without it.
var subresources = map[string]bool{
	"abac": true, "accelerate": true, "acl": true, "analytics": true, "attributes": true, "cors": true, "delete": true,
	"encryption": true, "intelligent-tiering": true, "inventory": true, "legal-hold": true, "lifecycle": true,
	"list-type": true, "location": true, "logging": true, "metadataConfiguration": true, "metadataTable": true,
	"metrics": true, "notification": true, "object-lock": true, "ownershipControls": true, "partNumber": true,
	"policy": true, "policyStatus": true, "publicAccessBlock": true, "renameObject": true, "replication": true,
	"requestPayment": true, "restore": true, "retention": true, "select": true, "session": true, "tagging": true,
	"torrent": true, "uploadId": true, "uploads": true, "versionId": true, "versioning": true, "versions": true,
	"website": true,
}

// serveS3 answers an operation of S3. A bucket belongs to the account and region of the request.
func (s *Server) serveS3(w http.ResponseWriter, r *http.Request, c *call) {
	h := w.Header()
	h.Set("Server", "AmazonS3")
	h.Set("X-Amz-Request-Id", c.requestID)
	h.Set("X-Amz-Id-2", newHostID())
	req := &s3Request{Request: r, w: w, call: c, query: r.URL.Query()}
	req.bucket, req.key = bucketAndKey(r)
	route, err := findS3Route(req)
	if err != nil {
		writeS3Error(w, r, c, err)
		return
	}
	c.operation = route.name
	if e := s.enter(r, c, fault.Request{Service: "s3", Resource: req.bucket}); e != nil {
		s.leave(r, c)
		writeS3Error(w, r, c, e)
		return
	}
	err = req.checkOwner()
	if err == nil {
		err = route.do(s, req)
	}
	if err != nil {
		s.leave(r, c)
		writeS3Error(w, r, c, err)
	}
}

// answer is called by each operation when it has acted and before it answers.
func (s *Server) answer(req *s3Request) http.Header {
	s.leave(req.Request, req.call)
	return req.w.Header()
}

// bucketAndKey reads what a request names: /bucket/key, or bucket.localhost/key.
func bucketAndKey(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if bucket, ok := strings.CutSuffix(host, ".localhost"); ok {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// findS3Route finds the operation of a request.
func findS3Route(req *s3Request) (*s3Route, error) {
	of := ofService
	switch {
	case req.key != "":
		of = ofObject
	case req.bucket != "":
		of = ofBucket
	}
	var named []string
	for name := range req.query {
		if subresources[name] {
			named = append(named, name)
		}
	}
	slices.Sort(named)
	query := strings.Join(named, "&")
	for i := range s3Routes {
		if route := &s3Routes[i]; route.method == req.Method && route.of == of && route.query == query {
			if route.do == nil {
				return nil, s3NotOffered(route.name)
			}
			return route, nil
		}
	}
	what := req.Method + [...]string{" on the service", " on a bucket", " on an object"}[of]
	if query != "" {
		what += " with ?" + query
	}
	return nil, s3NotOffered(what)
}

// checkOwner refuses a request that expects its bucket to be another account's.
func (req *s3Request) checkOwner() error {
	if want := req.Header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != req.call.account {
		return &s3Error{http.StatusForbidden, "AccessDenied", "Access Denied"}
	}
	return nil
}

// refuseHeaders refuses the first header, by name, that asks for something that is not done.
func (req *s3Request) refuseHeaders() error {
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		value := req.Header.Get(name)
		switch {
		case name == "If-Match", name == "If-None-Match":
		case name == "X-Amz-Acl" && value != "private" && value != "bucket-owner-full-control":
		case name == "X-Amz-Storage-Class" && value != standardClass:
		case name == "X-Amz-Server-Side-Encryption" && value != "AES256": // what S3 does anyway
		case strings.HasPrefix(name, "X-Amz-Server-Side-Encryption-"), strings.HasPrefix(name, "X-Amz-Object-Lock-"),
			strings.HasPrefix(name, "X-Amz-Grant-"), name == "X-Amz-Tagging", name == "X-Amz-Copy-Source",
			name == "X-Amz-Website-Redirect-Location", name == "X-Amz-Write-Offset-Bytes",
			name == "X-Amz-Bucket-Object-Lock-Enabled" && value != "false":
		default:
			continue
		}
		return s3NotOffered(req.call.operation + " with the header " + strings.ToLower(name))
	}
	return nil
}
