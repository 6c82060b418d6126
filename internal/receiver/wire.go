package receiver

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// The headers of a request.
const (
	headerVersion    = "X-Amz-Firehose-Protocol-Version"
	headerID         = "X-Amz-Firehose-Request-Id"
	headerSource     = "X-Amz-Firehose-Source-Arn"
	headerKey        = "X-Amz-Firehose-Access-Key"
	headerAttributes = "X-Amz-Firehose-Common-Attributes"
)

// The bounds of a request (developer guide, as in the package's doc).
const (
	maxBody       = 64 << 20 // bytes, before compression
	maxRecords    = 10_000
	maxData       = 1 << 20 // bytes of a record before base64: AWS says 1,024,000, and a record of a stream may have a MiB
	maxMessage    = 8192    // characters of an errorMessage
	maxAttributes = 50
)

// read reads a body, uncompressed.
func read(req *http.Request) ([]byte, error) {
	var from io.Reader = req.Body
	switch encoding := req.Header.Get("Content-Encoding"); encoding {
	case "":
	case "gzip":
		unzip, err := gzip.NewReader(req.Body)
		if err != nil {
			return nil, refusal{http.StatusBadRequest, "the body is not gzip, and Content-Encoding says that it is"}
		}
		from = unzip
	default:
		return nil, refusal{http.StatusBadRequest, "Content-Encoding is " + quote(encoding) + ", want gzip or none"}
	}
	var body bytes.Buffer
	if n := req.ContentLength; n > 0 && n <= maxBody {
		body.Grow(int(n))
	}
	n, err := body.ReadFrom(io.LimitReader(from, maxBody+1))
	switch {
	case err != nil:
		return nil, refusal{http.StatusBadRequest, "the body cannot be read to its end"}
	case n > maxBody:
		return nil, refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", maxBody)}
	}
	return body.Bytes(), nil
}

// decode reads the JSON of a body. id is what the header says; a bare request has none.
func decode(body []byte, id string, bare bool) (*Request, error) {
	var in struct {
		RequestID *string `json:"requestId"`
		Timestamp *int64  `json:"timestamp"`
		Records   []struct {
			Data *[]byte `json:"data"`
		} `json:"records"`
	}
	err := json.Unmarshal(body, &in)
	switch {
	case err != nil:
		return nil, refusal{http.StatusBadRequest, "the body is not the JSON of a request"}
	case bare && (in.RequestID == nil || *in.RequestID == ""):
		return nil, refusal{http.StatusBadRequest, "there is no requestId, nor " + headerID}
	case !bare && (in.RequestID == nil || *in.RequestID != id):
		return nil, refusal{http.StatusBadRequest, "the body's requestId is not the header's"}
	case len(in.Records) == 0 || len(in.Records) > maxRecords:
		return nil, refusal{http.StatusBadRequest, fmt.Sprintf("there are %d records, want 1 to %d", len(in.Records), maxRecords)}
	}
	q := &Request{ID: *in.RequestID, Records: make([]record.Record, len(in.Records))}
	switch {
	case in.Timestamp == nil:
	case bare:
		q.Timestamp = time.Unix(*in.Timestamp, 0).UTC()
	default:
		q.Timestamp = time.UnixMilli(*in.Timestamp).UTC()
	}
	for i, one := range in.Records {
		switch {
		case one.Data == nil:
			return nil, refusal{http.StatusBadRequest, fmt.Sprintf("record %d has no data", i)}
		case len(*one.Data) > maxData:
			return nil, refusal{http.StatusBadRequest, fmt.Sprintf("record %d has %d bytes, want at most %d", i, len(*one.Data), maxData)}
		}
		q.Records[i] = record.Record{Data: *one.Data, Size: int32(len(*one.Data)), Shard: -1, Seq: uint64(i)}
	}
	return q, nil
}

// attributes reads the header of the common attributes.
func attributes(header string) (map[string]string, error) {
	if header == "" {
		return nil, nil
	}
	var in struct {
		CommonAttributes map[string]string `json:"commonAttributes"`
	}
	if err := json.Unmarshal([]byte(header), &in); err != nil || len(in.CommonAttributes) > maxAttributes {
		return nil, refusal{http.StatusBadRequest, headerAttributes + " is not the JSON of at most 50 attributes"}
	}
	return in.CommonAttributes, nil
}

// answer writes an answer in the form that AWS asks for.
func (r *Receiver) answer(w http.ResponseWriter, id string, reply Reply) {
	out := struct {
		RequestID    string `json:"requestId"`
		Timestamp    int64  `json:"timestamp"`
		ErrorMessage string `json:"errorMessage,omitempty"`
	}{valid(id, len(id)), r.config.Now().UnixMilli(), valid(reply.Message, maxMessage)}
	body, _ := json.Marshal(out) // strings that are UTF-8, and a number
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(cmp.Or(reply.Status, http.StatusOK))
	_, _ = w.Write(body)
}

// valid is text as UTF-8, and at most so many bytes of it.
func valid(text string, most int) string {
	for most < len(text) && most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return string([]rune(text[:min(most, len(text))]))
}

func quote(text string) string { return strconv.Quote(text[:min(len(text), 64)]) }
