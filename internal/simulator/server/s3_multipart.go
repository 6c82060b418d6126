package server

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// createMultipartUpload begins an upload in parts.
func (s *Server) createMultipartUpload(req *s3Request) error {
	if err := req.refuseHeaders(); err != nil {
		return err
	}
	meta, err := req.meta()
	if err != nil {
		return err
	}
	id, err := req.call.world.Objects.CreateUpload(req.bucket, req.key, meta)
	if err != nil {
		return err
	}
	doc := struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		Xmlns    string   `xml:"xmlns,attr"`
		Bucket   string
		Key      string
		UploadId string
	}{Xmlns: s3Namespace, Bucket: req.bucket, Key: req.key, UploadId: id}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}

// uploadPart stores one part.
func (s *Server) uploadPart(req *s3Request) error {
	if err := req.refuseHeaders(); err != nil {
		return err
	}
	number, err := strconv.Atoi(req.query.Get("partNumber"))
	if err != nil {
		return &s3Error{http.StatusBadRequest, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"}
	}
	body, checksum, err := req.body()
	if err != nil {
		return err
	}
	etag, err := req.call.world.Objects.UploadPart(req.bucket, req.key, req.query.Get("uploadId"), number, body)
	if err != nil {
		return err
	}
	h := s.answer(req)
	h.Set("Etag", `"`+etag+`"`)
	if checksum.Algorithm != "" {
		h.Set(checksumHeader+checksum.Algorithm, checksum.Value)
	}
	write(req.w, http.StatusOK, nil)
	return nil
}

// completeMultipartUpload makes the object. Checksums of the parts were checked when they came; the object has none.
func (s *Server) completeMultipartUpload(req *s3Request) error {
	var in struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []struct {
			PartNumber int
			ETag       string
		}
	}
	if err := req.document(&in); err != nil {
		return err
	}
	parts := make([]objectstore.CompletedPart, len(in.Part))
	for i, p := range in.Part {
		parts[i] = objectstore.CompletedPart{Number: p.PartNumber, ETag: strings.Trim(p.ETag, `"`)}
	}
	info, err := req.call.world.Objects.CompleteUpload(s.now(), req.bucket, req.key, req.query.Get("uploadId"), parts)
	if err != nil {
		return err
	}
	doc := struct {
		XMLName  xml.Name `xml:"CompleteMultipartUploadResult"`
		Xmlns    string   `xml:"xmlns,attr"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Xmlns: s3Namespace, Location: "http://" + req.Host + "/" + req.bucket + "/" + urlEncode(req.key), Bucket: req.bucket, Key: req.key, ETag: `"` + info.ETag + `"`}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}

func (s *Server) abortMultipartUpload(req *s3Request) error {
	if err := req.call.world.Objects.AbortUpload(req.bucket, req.key, req.query.Get("uploadId")); err != nil {
		return err
	}
	s.answer(req)
	write(req.w, http.StatusNoContent, nil)
	return nil
}
