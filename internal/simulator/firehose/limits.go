package firehose

import (
	"cmp"
	"time"
)

const mib = 1 << 20

// Limits mirror what AWS enforces. The zero value of each field is AWS's own value, given behind it; tests and benchmarks
// set others. A rate is also the burst that a rested delivery stream takes at once: one second's worth, as AWS documents
// no depth. Sources, read in November 2026: the developer guide's "Quota" (Q), the service model (MODEL), the API reference
// as in the Go SDK (SDK), "Sending data using Kinesis" (KDS), "Handle data delivery failures" (RETRY), "Understand HTTP endpoint
// delivery request and response specifications" (HTTP), "Transform source data" (LAMBDA).
type Limits struct {
	PutRecords  int64 // Direct PUT records a second and delivery stream; 500,000, or 100,000 in smaller regions (Q)
	PutBytes    int64 // Direct PUT bytes a second and delivery stream; 5 MiB, or 1 MiB in smaller regions (Q)
	PutRequests int64 // Direct PUT requests a second and delivery stream; 2,000, or 1,000 in smaller regions (Q)

	RecordBytes  int64 // of one record, before base64; 1,024,000 (MODEL)
	BatchRecords int   // of one PutRecordBatch; 500 (Q)
	BatchBytes   int64 // of one PutRecordBatch, counted before base64; 4 MiB (Q)

	ReadInterval time.Duration // between two reads of a shard of the source stream; 1 s, half of it with a backup of all data (KDS)
	Retention    time.Duration // how long delivery of a record of Direct PUT is tried; 24 h (RETRY). Of a source stream its own counts

	RequestRecords    int           // of one request to an HTTP endpoint; 10,000 (HTTP)
	RequestBytes      int64         // of its body before compression; 64 MiB (HTTP)
	ResponseBytes     int64         // of an HTTP endpoint's answer; 1 MiB (HTTP)
	EndpointTimeout   time.Duration // within which an HTTP endpoint must answer; 3 min (HTTP)
	EndpointRetryBase time.Duration // the first wait before a request is sent again; 1 s, then twice as long each time (HTTP)
	EndpointRetryCap  time.Duration // the longest of these waits; 120 s: the page prints MAX where MIN is meant (HTTP)

	TransformsInFlight int           // invocations of a processor's function at once, of each buffer; 5 (Q: of each shard, to S3)
	TransformPayload   int64         // bytes of the event of one, and of its response; 6 MiB (LAMBDA)
	TransformTimeout   time.Duration // how long one may take; 5 min (LAMBDA)

	ControlCalls    int64 // calls a second of each control operation; 5 (Q)
	DeliveryStreams int   // of the account and region; 5,000 in the largest regions, 2,000, 500 or 100 in others (Q)
}

// largest are the regions with the higher quota of Direct PUT (Q).
var largest = map[string]bool{"us-east-1": true, "us-west-2": true, "eu-west-1": true}

// deliveryStreams are the quotas of delivery streams by region (Q); a region that is not listed has 500. Canada stands in
// two groups of the page; the larger is taken.
var deliveryStreams = map[string]int{
	"us-east-1": 5000, "us-east-2": 5000, "us-west-2": 5000, "eu-west-1": 5000, "ap-northeast-1": 5000,
	"eu-central-1": 2000, "eu-west-2": 2000, "ap-southeast-1": 2000, "ap-southeast-2": 2000, "ap-northeast-2": 2000,
	"ap-south-1": 2000, "us-gov-west-1": 2000, "ca-central-1": 2000,
}

// DefaultLimits are AWS's own in a region.
func DefaultLimits(region string) Limits { return Limits{}.Complete(region) }

// Complete fills in AWS's own values in a region.
func (l Limits) Complete(region string) Limits {
	records, bytes, requests := int64(100_000), int64(1*mib), int64(1000)
	if largest[region] {
		records, bytes, requests = 500_000, 5*mib, 2000
	}
	return Limits{
		PutRecords:        cmp.Or(l.PutRecords, records),
		PutBytes:          cmp.Or(l.PutBytes, bytes),
		PutRequests:       cmp.Or(l.PutRequests, requests),
		RecordBytes:       cmp.Or(l.RecordBytes, 1_024_000),
		BatchRecords:      cmp.Or(l.BatchRecords, 500),
		BatchBytes:        cmp.Or(l.BatchBytes, 4*mib),
		ReadInterval:      cmp.Or(l.ReadInterval, time.Second),
		Retention:         cmp.Or(l.Retention, 24*time.Hour),
		RequestRecords:    cmp.Or(l.RequestRecords, 10_000),
		RequestBytes:      cmp.Or(l.RequestBytes, 64*mib),
		ResponseBytes:     cmp.Or(l.ResponseBytes, 1*mib),
		EndpointTimeout:   cmp.Or(l.EndpointTimeout, 3*time.Minute),
		EndpointRetryBase: cmp.Or(l.EndpointRetryBase, time.Second),
		EndpointRetryCap:  cmp.Or(l.EndpointRetryCap, 120*time.Second),

		TransformsInFlight: cmp.Or(l.TransformsInFlight, 5),
		TransformPayload:   cmp.Or(l.TransformPayload, 6*mib),
		TransformTimeout:   cmp.Or(l.TransformTimeout, 5*time.Minute),

		ControlCalls:    cmp.Or(l.ControlCalls, 5),
		DeliveryStreams: cmp.Or(l.DeliveryStreams, deliveryStreams[region], 500),
	}
}
