package server

import (
	"cmp"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// standardClass is the storage class of what names none.
const standardClass = "STANDARD"

type s3Content struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	Size              int64
	Owner             *s3Owner
	StorageClass      string
}

type s3Prefix struct{ Prefix string }

type s3Listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Xmlns                 string   `xml:"xmlns,attr"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	MaxKeys               int
	EncodingType          string `xml:",omitempty"`
	KeyCount              int
	IsTruncated           bool
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	StartAfter            string `xml:",omitempty"`
	Contents              []s3Content
	CommonPrefixes        []s3Prefix
}

// listObjectsV2 lists a page of a bucket.
func (s *Server) listObjectsV2(req *s3Request) error {
	q, err := listQuery(req.query)
	if err != nil {
		return err
	}
	objects := req.call.world.Objects
	page, err := objects.List(req.bucket, q)
	if err != nil {
		return err
	}
	encode := func(s string) string { return s }
	doc := s3Listing{Xmlns: s3Namespace, Name: req.bucket, MaxKeys: q.Max, EncodingType: req.query.Get("encoding-type")}
	switch doc.EncodingType {
	case "":
	case "url":
		encode = urlEncode
	default:
		return &s3Error{http.StatusBadRequest, "InvalidArgument", "Invalid Encoding Method specified in Request"}
	}
	if q.Max == 0 { // asks for nothing and gets it
		page = objectstore.ListPage{}
	}
	doc.Prefix, doc.Delimiter, doc.StartAfter = encode(q.Prefix), encode(q.Delimiter), encode(req.query.Get("start-after"))
	doc.ContinuationToken = req.query.Get("continuation-token")
	doc.KeyCount, doc.IsTruncated = len(page.Objects)+len(page.Prefixes), page.Truncated
	if page.Truncated {
		doc.NextContinuationToken = base64.StdEncoding.EncodeToString([]byte(page.Next))
	}
	for _, o := range page.Objects {
		if o.Size < 0 { // not rendered yet
			if o, err = objects.Head(req.bucket, o.Key); err != nil {
				continue // it has gone since
			}
		}
		content := s3Content{encode(o.Key), o.Modified.UTC().Format(s3Time), `"` + o.ETag + `"`, o.Meta.Checksum.Algorithm, max(o.Size, 0), nil, cmp.Or(o.Meta.StorageClass, standardClass)}
		if req.query.Get("fetch-owner") == "true" {
			content.Owner = &s3Owner{req.call.account}
		}
		doc.Contents = append(doc.Contents, content)
	}
	for _, p := range page.Prefixes {
		doc.CommonPrefixes = append(doc.CommonPrefixes, s3Prefix{encode(p)})
	}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}

// listQuery reads what to list.
func listQuery(v url.Values) (objectstore.ListQuery, error) {
	q := objectstore.ListQuery{Prefix: v.Get("prefix"), Delimiter: v.Get("delimiter"), After: v.Get("start-after"), Max: objectstore.MaxListKeys}
	invalid := func(name, allowed string) error {
		return &s3Error{http.StatusBadRequest, "InvalidArgument", name + " must be " + allowed}
	}
	if v.Get("list-type") != "2" {
		return q, invalid("list-type", "2")
	}
	if text := v.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return q, invalid("max-keys", "a number from 0 on")
		}
		q.Max = min(n, objectstore.MaxListKeys)
	}
	if v.Has("continuation-token") {
		after, err := base64.StdEncoding.DecodeString(v.Get("continuation-token"))
		if err != nil || len(after) == 0 {
			return q, &s3Error{http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect"}
		}
		q.After = string(after)
	}
	return q, nil
}

// urlEncode encodes what XML cannot hold, and more, as clients ask with encoding-type=url.
func urlEncode(s string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(s))
}
