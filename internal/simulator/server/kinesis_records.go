package server

import (
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

var recordOperations = map[string]operation{
	"GetShardIterator": plain(
		func(in *kinesis.GetShardIteratorInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).GetShardIterator),
	"GetRecords": getRecords,
	"PutRecord":  putRecord,
	"PutRecords": putRecords,
}

func getRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.GetRecordsInput
	if err := c.format.decode(body, &in); err != nil {
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
	return c.format.encode(dst, out)
}

func putRecord(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.PutRecordInput
	if err := c.format.decode(body, &in); err != nil {
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
	return c.format.encode(dst, out)
}

func putRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	d := scanners.Get().(*putRecordsScanner)
	defer d.release()
	in, err := d.read(c.format, body)
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
	return c.format.encode(dst, out)
}
