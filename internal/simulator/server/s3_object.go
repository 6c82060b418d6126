package server

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// putObject stores an object as it was sent.
func (s *Server) putObject(req *s3Request) error {
	if err := req.refuseHeaders(); err != nil {
		return err
	}
	body, checksum, err := req.body()
	if err != nil {
		return err
	}
	meta, err := req.meta()
	if err != nil {
		return err
	}
	meta.Checksum = checksum
	info, err := req.call.world.Objects.Put(s.now(), req.bucket, req.key, body, meta)
	if err != nil {
		return err
	}
	h := s.answer(req)
	h.Set("Etag", `"`+info.ETag+`"`)
	writeChecksum(h, checksum)
	write(req.w, http.StatusOK, nil)
	return nil
}

// maxUserMetadata is the most bytes of names and values of x-amz-meta-* (S3 user guide, "Working with object metadata").
const maxUserMetadata = 2 << 10

// meta reads what is stored with an object.
func (req *s3Request) meta() (objectstore.Meta, error) {
	h := req.Header
	m := objectstore.Meta{
		ContentType:        h.Get("Content-Type"),
		ContentDisposition: h.Get("Content-Disposition"),
		ContentLanguage:    h.Get("Content-Language"),
		CacheControl:       h.Get("Cache-Control"),
		Expires:            h.Get("Expires"),
	}
	var encodings []string
	for e := range strings.SplitSeq(h.Get("Content-Encoding"), ",") {
		if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" { // that one is undone
			encodings = append(encodings, e)
		}
	}
	m.ContentEncoding = strings.Join(encodings, ",")
	size := 0
	for name, values := range h {
		if user, ok := strings.CutPrefix(strings.ToLower(name), "x-amz-meta-"); ok {
			if m.User == nil {
				m.User = map[string]string{}
			}
			m.User[user] = strings.Join(values, ",")
			size += len(user) + len(m.User[user])
		}
	}
	if size > maxUserMetadata {
		return m, &s3Error{http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"}
	}
	return m, nil
}

// getObject sends an object, or the range that is asked for. A body that has been sent whole counts as fetched.
func (s *Server) getObject(req *s3Request) error {
	o, err := req.call.world.Objects.Get(req.bucket, req.key)
	if err != nil {
		return err
	}
	from, to, err := s.startObject(req, o.Info)
	if err != nil {
		return err
	}
	if _, err := req.w.Write(o.Body[from:to]); err == nil && to-from == o.Size {
		o.Fetched()
	}
	return nil
}

func (s *Server) headObject(req *s3Request) error {
	info, err := req.call.world.Objects.Head(req.bucket, req.key)
	if err != nil {
		return err
	}
	_, _, err = s.startObject(req, info)
	return err
}

// startObject answers a read up to its body, of which it tells what is to follow; or it fails and has answered nothing.
func (s *Server) startObject(req *s3Request, o objectstore.Info) (from, to int64, err error) {
	size := max(o.Size, 0) // of a body that is gone and was never made, the size is not known
	if err := req.precondition(o); err != nil {
		return 0, 0, err
	}
	from, to, part, err := byteRange(req.Header.Get("Range"), size)
	if err != nil {
		return 0, 0, err
	}
	h := s.answer(req)
	req.describe(h, o, part)
	h.Set("Content-Length", strconv.FormatInt(to-from, 10))
	status := http.StatusOK
	if part {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
		status = http.StatusPartialContent
	}
	_ = http.NewResponseController(req.w).SetWriteDeadline(time.Now().Add(writeTimeout)) // not every writer has one
	req.w.WriteHeader(status)
	return from, to, nil
}

// deleteObject deletes an object; that there is none is no error.
func (s *Server) deleteObject(req *s3Request) error {
	if err := req.call.world.Objects.Delete(req.bucket, req.key); err != nil {
		return err
	}
	s.answer(req)
	write(req.w, http.StatusNoContent, nil)
	return nil
}

// describe writes what is known of an object into the header of an answer.
func (req *s3Request) describe(h http.Header, o objectstore.Info, part bool) {
	set := func(name, value, override string) {
		if req.query.Has(override) {
			value = req.query.Get(override)
		}
		if value != "" {
			h.Set(name, value)
		}
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("Etag", `"`+o.ETag+`"`)
	h.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	h.Set("Content-Type", "binary/octet-stream")
	set("Content-Type", o.Meta.ContentType, "response-content-type")
	set("Content-Encoding", o.Meta.ContentEncoding, "response-content-encoding")
	set("Content-Disposition", o.Meta.ContentDisposition, "response-content-disposition")
	set("Content-Language", o.Meta.ContentLanguage, "response-content-language")
	set("Cache-Control", o.Meta.CacheControl, "response-cache-control")
	set("Expires", o.Meta.Expires, "response-expires")
	if o.Meta.StorageClass != "" { // S3 tells of all classes but STANDARD
		h.Set("X-Amz-Storage-Class", o.Meta.StorageClass)
	}
	for name, value := range o.Meta.User {
		h.Set("X-Amz-Meta-"+name, value)
	}
	if req.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && !part {
		writeChecksum(h, o.Meta.Checksum)
	}
}
