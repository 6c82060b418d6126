package server

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// s3Error is an error as S3 answers it.
type s3Error struct {
	status  int
	code    string
	message string
}

func (e *s3Error) Error() string { return e.code + ": " + e.message }

// s3NotOffered refuses by name what wavetank does not offer.
func s3NotOffered(what string) *s3Error {
	return &s3Error{
		http.StatusNotImplemented, "NotImplemented",
		"wavetank does not offer s3 " + what + " yet; what is not emulated is listed in NOT_EMULATED.md.",
	}
}

// storeErrors are the store's errors in S3's words (API reference, "Error responses"). Where the message is "" the
// store's own is sent: it names what is allowed. ObjectBodyDropped and InsufficientStorage are ours.
var storeErrors = []struct {
	is      error
	status  int
	code    string
	message string
}{
	{objectstore.ErrNoSuchBucket, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"},
	{objectstore.ErrBucketExists, http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it."},
	{objectstore.ErrBucketNotEmpty, http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty"},
	{objectstore.ErrInvalidBucketName, http.StatusBadRequest, "InvalidBucketName", ""},
	{objectstore.ErrNoSuchKey, http.StatusNotFound, "NoSuchKey", "The specified key does not exist."},
	{objectstore.ErrKeyTooLong, http.StatusBadRequest, "KeyTooLongError", ""},
	{objectstore.ErrNoSuchUpload, http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
	{objectstore.ErrInvalidPart, http.StatusBadRequest, "InvalidPart", ""},
	{objectstore.ErrPartOrder, http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."},
	{objectstore.ErrPartTooSmall, http.StatusBadRequest, "EntityTooSmall", ""},
	{objectstore.ErrDropped, http.StatusGone, "ObjectBodyDropped", ""},
	{objectstore.ErrNotRendered, http.StatusNotImplemented, "NotImplemented", ""},
	{objectstore.ErrFull, http.StatusInsufficientStorage, "InsufficientStorage", ""},
}

// asS3 makes any error one of S3.
func asS3(err error) *s3Error {
	if e := (*s3Error)(nil); errors.As(err, &e) {
		return e
	}
	if e := (*wireError)(nil); errors.As(err, &e) { // of the fault hook
		return &s3Error{e.status, e.code, e.message}
	}
	for _, m := range storeErrors {
		if errors.Is(err, m.is) {
			if m.message == "" {
				m.message = err.Error()
			}
			return &s3Error{m.status, m.code, m.message}
		}
	}
	return &s3Error{http.StatusInternalServerError, "InternalError", err.Error()}
}

// writeS3Error answers with S3's error document; to HEAD, and where nothing was modified, with its status only.
func writeS3Error(w http.ResponseWriter, r *http.Request, c *call, err error) {
	e := asS3(err)
	if r.Method == http.MethodHead || e.status == http.StatusNotModified {
		write(w, e.status, nil)
		return
	}
	writeXML(w, e.status, struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		Resource  string
		RequestId string
		HostId    string
	}{Code: e.code, Message: e.message, Resource: r.URL.Path, RequestId: c.requestID, HostId: w.Header().Get("X-Amz-Id-2")})
}

// s3Namespace is the namespace of S3's documents.
const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// writeXML sends a whole document.
func writeXML(w http.ResponseWriter, status int, doc any) {
	body, err := xml.Marshal(doc)
	if err != nil { // our own documents can be written
		status, body = http.StatusInternalServerError, nil
	}
	body = append([]byte(xml.Header), body...)
	h := w.Header()
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	write(w, status, body)
}
