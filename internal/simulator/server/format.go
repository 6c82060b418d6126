package server

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// format is how a request and its answer are written. An answer has the format of its request, an error too.
type format struct {
	contentType string
	decode      func(body []byte, in any) error
	encode      func(dst []byte, out any) ([]byte, error)
	appendError func(dst []byte, code, member, message string) []byte
}

const (
	jsonType = "application/x-amz-json-1.1"
	cborType = "application/x-amz-cbor-1.1"
)

var (
	jsonFormat = &format{jsonType, decodeKinesis, encode, appendJSONError}
	cborFormat = &format{cborType, decodeCBOR, encodeCBOR, appendCBORError}
	xmlFormat  = &format{appendError: appendXMLError} // of the refusal of what is neither (kinesalite)
)

// write sends a whole answer.
func (f *format) write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = nil // nor does net/http find one
	if f.contentType != "" {
		h["Content-Type"] = []string{f.contentType}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	write(w, status, body)
}

// writeError sends an error: a body with __type and message, the code in a header, too.
func (f *format) writeError(w http.ResponseWriter, e *wireError) {
	w.Header()["X-Amzn-Errortype"] = []string{e.code}
	f.write(w, e.status, f.appendBody(nil, e))
}

// appendBody appends what an error says.
func (f *format) appendBody(dst []byte, e *wireError) []byte {
	member := "message"
	if e.code == "SerializationException" {
		member = "Message" // the one error that spells it so (kinesalite)
	}
	return f.appendError(dst, e.code, member, e.message)
}

func appendJSONError(dst []byte, code, member, message string) []byte {
	dst = kinesis.AppendString(append(dst, `{"__type":`...), code)
	dst = append(append(dst, `,"`...), member...)
	return append(kinesis.AppendString(append(dst, `":`...), message), '}')
}

func appendCBORError(dst []byte, code, member, message string) []byte {
	dst = kinesis.AppendCBORText(append(dst, kinesis.CBORMapBegin), "__type")
	dst = kinesis.AppendCBORText(dst, code)
	dst = kinesis.AppendCBORText(kinesis.AppendCBORText(dst, member), message)
	return append(dst, kinesis.CBORBreak)
}

// appendXMLError writes as AWS does to a request that is not of its protocol: without a content type.
func appendXMLError(dst []byte, code, _, message string) []byte {
	b := bytes.NewBuffer(append(dst, "<"+code+">\n  <Message>"...))
	_ = xml.EscapeText(b, []byte(message)) // a buffer takes all
	b.WriteString("</Message>\n</" + code + ">\n")
	return b.Bytes()
}
