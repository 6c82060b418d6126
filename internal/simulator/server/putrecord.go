package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// readPutRecord decodes a PutRecord request in its format.
func readPutRecord(f *format, body []byte) (in kinesis.PutRecordInput, err error) {
	if f == jsonFormat {
		return scanPutRecord(body)
	}
	err = f.decode(body, &in)
	return in, err
}

// scanPutRecord decodes a PutRecord request in JSON, which is worth a decoder of its own as PutRecords is. It takes what the
// general decoder takes and gives the same (FuzzPutRecordScanner). Nothing of it is a piece of the body.
func scanPutRecord(body []byte) (kinesis.PutRecordInput, error) {
	var in kinesis.PutRecordInput
	s := &scanner{body: body}
	there := s.object("Structure", func(name []byte) {
		switch string(name) {
		case "StreamName":
			in.StreamName = s.string().pointer(s)
		case "StreamARN":
			in.StreamARN = s.string().pointer(s)
		case "Data":
			in.Data = s.blob()
		case "PartitionKey":
			in.PartitionKey = s.string().pointer(s)
		case "ExplicitHashKey":
			in.ExplicitHashKey = s.string().pointer(s)
		case "SequenceNumberForOrdering":
			in.SequenceNumberForOrdering = s.string().pointer(s)
		case "DryRun":
			in.DryRun = s.bool()
		default:
			s.skip()
		}
	})
	if !there {
		s.fail("") // null is no request
	}
	s.end()
	return in, s.err
}

// blob takes base64 or null.
func (s *scanner) blob() []byte {
	t := s.raw("Blob")
	if !t.there {
		return nil
	}
	raw := t.bytes(s)
	out := make([]byte, len(raw)/4*3)
	n, err := decodeBase64(out, raw)
	if err != nil && s.err == nil {
		s.err = err
	}
	return out[:n:n]
}
