// Package server is the wire: it speaks the AWS protocols in front of the simulated services, on one port.
//
// Kinesis and Firehose are AWS JSON 1.1 (POST, X-Amz-Target), Kinesis is CBOR as well, Lambda is REST with JSON, everything
// else is S3. Each request belongs to the account and region of its signature; the signature itself is not checked. A
// fault hook sees every request before its service does.
//
// A [Sender] is the way out: it sends what delivery streams deliver to HTTP endpoints.
//
// In front of net/http stands a front that answers the requests that come by the million, those of Kinesis in the form in which
// SDKs send them, by itself; every other request, and its connection with it, is net/http's (see front.go).
//
// To add an operation to a service, add a line to its table; to add a service, add its route to route.go. The server is
// safe for concurrent use and starts no goroutine; [Listen] opens the socket and owns the goroutines that serve it, and
// [ListenTLS] serves clients with TLS on it as well.
package server
