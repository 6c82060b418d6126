package server

import (
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// The wire of SubscribeToShard: a stream of messages of application/vnd.amazon.eventstream. A message is
//
//	length of all | length of the headers | CRC-32 of these two | headers | payload | CRC-32 of all before it
//
// with lengths and sums of four bytes, big-endian. A header is the length of its name in one byte, its name, the type 7
// (a text), the length of its value in two bytes and its value (Smithy, "Amazon Event Stream Specification").

const (
	eventStreamType = "application/vnd.amazon.eventstream"
	prelude         = 12 // bytes before the headers
	textHeader      = 7
)

// header is one header of a message. Both are short and ours.
type header struct{ name, value string }

// appendMessage appends a message; payload appends what it says.
func appendMessage(dst []byte, headers []header, payload func(dst []byte) []byte) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, prelude)...)
	for _, h := range headers {
		dst = append(append(dst, byte(len(h.name))), h.name...)
		dst = binary.BigEndian.AppendUint16(append(dst, textHeader), uint16(len(h.value)))
		dst = append(dst, h.value...)
	}
	headed := len(dst) - start - prelude
	dst = payload(dst)
	message := dst[start:]
	binary.BigEndian.PutUint32(message, uint32(len(message)+4))
	binary.BigEndian.PutUint32(message[4:], uint32(headed))
	binary.BigEndian.PutUint32(message[8:], crc32.ChecksumIEEE(message[:8]))
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(message))
}

// appendEvent appends an event of a type.
func appendEvent(dst []byte, kind string, payload func(dst []byte) []byte) []byte {
	return appendMessage(dst, []header{
		{":message-type", "event"}, {":event-type", kind}, {":content-type", jsonType},
	}, payload)
}

// appendInitialResponse appends the message without which the SDKs for Go and Python refuse a stream: the members of the
// answer that are not events, of which SubscribeToShard has none.
func appendInitialResponse(dst []byte) []byte {
	return appendEvent(dst, "initial-response", func(dst []byte) []byte { return append(dst, "{}"...) })
}

// appendException appends an error that ends a stream.
func appendException(dst []byte, e *wireError) []byte {
	return appendMessage(dst, []header{
		{":message-type", "exception"}, {":exception-type", e.code}, {":content-type", jsonType},
	}, func(dst []byte) []byte {
		return append(kinesis.AppendString(append(dst, `{"message":`...), e.message), '}')
	})
}

// eventWriter sends a stream of messages as the answer to a request.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// newEventWriter begins the answer.
func newEventWriter(w http.ResponseWriter) *eventWriter {
	out := &eventWriter{w, http.NewResponseController(w)}
	w.Header()["Content-Type"] = []string{eventStreamType}
	w.WriteHeader(http.StatusOK)
	return out
}

// send sends a message at once and tells whether the client took it. It has writeTimeout for each.
func (out *eventWriter) send(message []byte) bool {
	_ = out.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // not every writer has one
	if _, err := out.w.Write(message); err != nil {
		return false
	}
	return out.control.Flush() == nil
}
