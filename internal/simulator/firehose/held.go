package firehose

import "github.com/wavetank/wavetank/internal/simulator/record"

// Held visits the records that delivery streams have accepted, or read from their source, and not delivered yet: what
// waits for delivery, then what is buffered, then likewise what waits for its transformation or is with the function; delivery streams by name. source is the stream that one reads; "" is Direct
// PUT. What it has not read is still in that stream. Copies for a backup are not visited. A slice is valid during its call only, and visit must not call the
// service.
func (s *Service) Held(visit func(deliveryStream, source string, recs []record.Record)) {
	s.Stages(func(st Stage) { visit(st.DeliveryStream, st.Source, st.Records) })
}
