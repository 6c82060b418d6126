// Package receiver is an HTTP endpoint to which Firehose delivers, as AWS specifies one (developer guide, "Understand HTTP
// endpoint delivery request and response specifications").
//
// A [Receiver] is an http.Handler: its owner makes the listener, on loopback, and ends it. It checks each request, finds the
// identity of its records, hands them to a callback together with how often the request has come, and answers as the
// callback says: takes it, refuses it, or keeps the sender waiting.
//
//	r := receiver.New(receiver.Config{Identify: identify, Receive: func(q *receiver.Request) receiver.Reply {
//		if q.Attempt == 1 {
//			return receiver.Reply{Status: http.StatusServiceUnavailable, Message: "not now"}
//		}
//		return receiver.Reply{} // taken
//	}})
//
// The same request comes again after it was refused, and also after it was taken and the answer came too late: whoever counts
// deliveries counts request ids.
package receiver
