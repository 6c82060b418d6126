package server

import (
	"encoding/xml"
	"net/http"
)

// maxDelete is the most keys of one DeleteObjects (API reference).
const maxDelete = 1000

// deleteObjects deletes up to a thousand objects in one request.
func (s *Server) deleteObjects(req *s3Request) error {
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Quiet   bool
		Object  []struct{ Key, VersionId string }
	}
	if err := req.document(&in); err != nil {
		return err
	}
	if len(in.Object) == 0 || len(in.Object) > maxDelete {
		return &s3Error{http.StatusBadRequest, "MalformedXML", "1 to 1000 objects are deleted in one request"}
	}
	type deleted struct{ Key string }
	doc := struct {
		XMLName xml.Name `xml:"DeleteResult"`
		Xmlns   string   `xml:"xmlns,attr"`
		Deleted []deleted
	}{Xmlns: s3Namespace}
	for _, o := range in.Object {
		if o.VersionId != "" {
			return s3NotOffered("DeleteObjects with a VersionId")
		}
	}
	for _, o := range in.Object {
		if err := req.call.world.Objects.Delete(req.bucket, o.Key); err != nil {
			return err
		}
		if !in.Quiet {
			doc.Deleted = append(doc.Deleted, deleted{o.Key})
		}
	}
	s.answer(req)
	writeXML(req.w, http.StatusOK, doc)
	return nil
}
