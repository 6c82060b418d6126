package server

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
)

// serveSTS answers GetCallerIdentity, which the KPL needs before its first record and other tools ask to see that their
// credentials are good. The caller is the root user of the account. STS speaks the query protocol: a form in, XML out.
func (s *Server) serveSTS(w http.ResponseWriter, r *http.Request, c *call) {
	if e := s.whoAmI(w, r, c); e != nil {
		writeXML(w, e.status, struct {
			XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
			Type      string   `xml:"Error>Type"`
			Code      string   `xml:"Error>Code"`
			Message   string   `xml:"Error>Message"`
			RequestId string
		}{Type: "Sender", Code: e.code, Message: e.message, RequestId: c.requestID})
		return
	}
	writeXML(w, http.StatusOK, struct {
		XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
		Arn       string   `xml:"GetCallerIdentityResult>Arn"`
		UserId    string   `xml:"GetCallerIdentityResult>UserId"`
		Account   string   `xml:"GetCallerIdentityResult>Account"`
		RequestId string   `xml:"ResponseMetadata>RequestId"`
	}{Arn: "arn:aws:iam::" + c.account + ":root", UserId: c.account, Account: c.account, RequestId: c.requestID})
}

// whoAmI refuses all but GetCallerIdentity.
func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request, c *call) *wireError {
	if e := checkSignature(r, c); e != nil {
		return &wireError{e.status, strings.TrimSuffix(e.code, "Exception"), e.message} // as the query protocol spells them
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := b.read(w, r)
	if err != nil {
		return asWire(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return &wireError{http.StatusBadRequest, "MalformedQueryString", "The request is not a form: " + err.Error() + "."}
	}
	if c.operation = form.Get("Action"); c.operation == "" {
		c.operation = r.URL.Query().Get("Action") // of a presigned URL, or of GET
	}
	if c.operation != "GetCallerIdentity" {
		return &wireError{
			http.StatusBadRequest, "InvalidAction",
			"wavetank offers of STS GetCallerIdentity alone, not " + c.operation + ".",
		}
	}
	return nil
}
