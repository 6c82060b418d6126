package server

import (
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// serveKinesis answers an operation of Kinesis Data Streams.
func (s *Server) serveKinesis(w http.ResponseWriter, r *http.Request, c *call) {
	do := kinesisOperations[c.operation]
	if do == nil {
		writeError(w, unknownOperation("kinesis", c.operation))
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := b.read(w, r)
	if err == nil {
		b.out, err = do(s, r, c, body, b.out[:0])
	}
	s.leave(r, c)
	if err != nil {
		writeError(w, asWire(err))
		return
	}
	if c.limits != "" {
		w.Header().Set(LimitsHeader, c.limits)
	}
	writeJSON(w, http.StatusOK, b.out)
}

// operation does one operation and appends its answer.
type operation func(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error)

var kinesisOperations = map[string]operation{
	"CreateStream": empty(
		func(in *kinesis.CreateStreamInput) string { return text(in.StreamName) },
		(*kinesis.Service).CreateStream),
	"DeleteStream": empty(
		func(in *kinesis.DeleteStreamInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).DeleteStream),
	"DescribeStream": plain(
		func(in *kinesis.DescribeStreamInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).DescribeStream),
	"DescribeStreamSummary": plain(
		func(in *kinesis.DescribeStreamSummaryInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).DescribeStreamSummary),
	"ListStreams": plain(
		func(*kinesis.ListStreamsInput) string { return "" },
		(*kinesis.Service).ListStreams),
	"ListShards": plain(
		func(in *kinesis.ListShardsInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).ListShards),
	"GetShardIterator": plain(
		func(in *kinesis.GetShardIteratorInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).GetShardIterator),
	"GetRecords": getRecords,
	"PutRecord":  putRecord,
	"PutRecords": putRecords,
}

// plain is an operation whose request is decoded and whose answer is encoded as it stands. resource is the stream that
// the request names, for the fault hook.
func plain[In, Out any](resource func(*In) string, do func(*kinesis.Service, In) (Out, error)) operation {
	return func(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
		var in In
		if err := decode(body, &in); err != nil {
			return dst, err
		}
		if e := s.enter(r, c, fault.Request{Service: "kinesis", Resource: resource(&in)}); e != nil {
			return dst, e
		}
		if err := c.world.Kinesis.Admit(c.operation, resource(&in)); err != nil {
			return dst, err
		}
		out, err := do(c.world.Kinesis, in)
		if err != nil {
			return dst, err
		}
		return encode(dst, out)
	}
}

// empty is an operation that answers with an empty body.
func empty[In any](resource func(*In) string, do func(*kinesis.Service, In) error) operation {
	return plain(resource, func(s *kinesis.Service, in In) (any, error) { return nil, do(s, in) })
}

func getRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.GetRecordsInput
	if err := decode(body, &in); err != nil {
		return dst, err
	}
	resource := kinesis.IteratorStream(text(in.ShardIterator))
	if e := s.enter(r, c, fault.Request{Service: "kinesis", Resource: resource}); e != nil {
		return dst, e
	}
	s.take(r, c.world.Kinesis.Model().Get)
	out, err := c.world.Kinesis.GetRecords(in)
	if err != nil {
		return dst, err
	}
	return out.AppendJSON(dst), nil
}

func putRecord(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.PutRecordInput
	if err := decode(body, &in); err != nil {
		return dst, err
	}
	resource := kinesis.StreamOf(in.StreamName, in.StreamARN)
	if e := s.enter(r, c, fault.Request{Service: "kinesis", Resource: resource, Records: 1}); e != nil {
		return dst, e
	}
	if c.action.Share > 0 {
		in.Refuse = s.refuse(&c.action)
	}
	s.take(r, c.world.Kinesis.Model().Put)
	out, err := c.world.Kinesis.PutRecord(in)
	if err != nil {
		return dst, err
	}
	return encode(dst, out)
}

func putRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	d := scanners.Get().(*putRecordsScanner)
	defer d.release()
	in, err := d.scan(body)
	if err != nil {
		return dst, err
	}
	resource := kinesis.StreamOf(in.StreamName, in.StreamARN)
	if e := s.enter(r, c, fault.Request{Service: "kinesis", Resource: resource, Records: len(in.Records)}); e != nil {
		return dst, e
	}
	if c.action.Share > 0 {
		in.Refuse = func(int) kinesis.Limit { return s.refuse(&c.action) }
	}
	s.take(r, c.world.Kinesis.Model().Put)
	out, err := c.world.Kinesis.PutRecords(in)
	if err != nil {
		return dst, err
	}
	c.limits = limitLetters(out)
	return out.AppendJSON(dst), nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
