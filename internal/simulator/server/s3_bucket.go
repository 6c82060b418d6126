package server

import (
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// s3Time is how S3's documents write an instant.
const s3Time = "2006-01-02T15:04:05.000Z"

type s3Owner struct{ ID string }

type s3Bucket struct {
	Name         string
	CreationDate string
	BucketRegion string
}

// listBuckets lists the buckets of the request's account and region; AWS lists those of all regions.
func (s *Server) listBuckets(req *s3Request) error {
	doc := struct {
		XMLName           xml.Name `xml:"ListAllMyBucketsResult"`
		Xmlns             string   `xml:"xmlns,attr"`
		Owner             s3Owner
		Buckets           []s3Bucket `xml:"Buckets>Bucket"`
		ContinuationToken string     `xml:",omitempty"`
		Prefix            string     `xml:",omitempty"`
	}{Xmlns: s3Namespace, Owner: s3Owner{req.call.account}, Prefix: req.query.Get("prefix")}
	most := 10_000
	if n := req.query.Get("max-buckets"); n != "" {
		var err error
		if most, err = strconv.Atoi(n); err != nil || most < 1 || most > 10_000 {
			return &s3Error{http.StatusBadRequest, "InvalidArgument", "max-buckets must be 1 to 10000"}
		}
	}
	after := req.query.Get("continuation-token")
	buckets := slices.DeleteFunc(req.call.world.Objects.Buckets(), func(b objectstore.Bucket) bool {
		region := req.query.Get("bucket-region")
		return b.Name <= after || !strings.HasPrefix(b.Name, doc.Prefix) || region != "" && region != req.call.region
	})
	if len(buckets) > most {
		buckets = buckets[:most]
		doc.ContinuationToken = buckets[most-1].Name
	}
	for _, b := range buckets {
		doc.Buckets = append(doc.Buckets, s3Bucket{b.Name, b.Created.UTC().Format(s3Time), req.call.region})
	}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}

// createBucket makes a bucket in the request's region, which a LocationConstraint must name where it is not us-east-1. In
// us-east-1 a bucket that is the caller's own is no error (API reference, CreateBucket).
func (s *Server) createBucket(req *s3Request) error {
	var in struct{ LocationConstraint string }
	if err := req.document(&in); err != nil {
		return err
	}
	if err := req.refuseHeaders(); err != nil {
		return err
	}
	region := req.call.region
	switch {
	case in.LocationConstraint == "" && region != defaultRegion:
		return &s3Error{http.StatusBadRequest, "IllegalLocationConstraintException", "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."}
	case in.LocationConstraint != "" && in.LocationConstraint != region:
		return &s3Error{http.StatusBadRequest, "IllegalLocationConstraintException", "The " + in.LocationConstraint + " location constraint is incompatible for the region specific endpoint this request was sent to."}
	}
	err := req.call.world.Objects.CreateBucket(s.now(), req.bucket)
	if region == defaultRegion && errors.Is(err, objectstore.ErrBucketExists) {
		err = nil
	}
	if err != nil {
		return err
	}
	s.answer(req).Set("Location", "/"+req.bucket)
	write(req.w, http.StatusOK, nil)
	return nil
}

func (s *Server) headBucket(req *s3Request) error {
	if _, err := req.call.world.Objects.HeadBucket(req.bucket); err != nil {
		return err
	}
	s.answer(req).Set("X-Amz-Bucket-Region", req.call.region)
	write(req.w, http.StatusOK, nil)
	return nil
}

func (s *Server) deleteBucket(req *s3Request) error {
	if err := req.call.world.Objects.DeleteBucket(req.bucket); err != nil {
		return err
	}
	s.answer(req)
	write(req.w, http.StatusNoContent, nil)
	return nil
}

// getBucketLocation tells a bucket's region; that of us-east-1 is written as nothing.
func (s *Server) getBucketLocation(req *s3Request) error {
	if _, err := req.call.world.Objects.HeadBucket(req.bucket); err != nil {
		return err
	}
	doc := struct {
		XMLName xml.Name `xml:"LocationConstraint"`
		Xmlns   string   `xml:"xmlns,attr"`
		Region  string   `xml:",chardata"`
	}{Xmlns: s3Namespace}
	if req.call.region != defaultRegion {
		doc.Region = req.call.region
	}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}

func (s *Server) now() time.Time { return s.cfg.AWS.Clock().Now() }
