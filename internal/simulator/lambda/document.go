package lambda

import "time"

// document is what an on-failure destination is told: the shape and which of its members are there were recorded on AWS
// (LocalStack's tests, 2025; DG kinesis-on-failure).
type document struct {
	RequestContext   requestContext   `json:"requestContext"`
	ResponseContext  *responseContext `json:"responseContext,omitempty"` // absent where age is the reason
	Version          string           `json:"version"`
	Timestamp        string           `json:"timestamp"`
	KinesisBatchInfo kinesisBatchInfo
	Payload          string `json:"payload,omitempty"` // in an S3 object: the event, as JSON
}

type requestContext struct {
	RequestID              string `json:"requestId"`
	FunctionArn            string `json:"functionArn"`
	Condition              string `json:"condition"`
	ApproximateInvokeCount int    `json:"approximateInvokeCount"`
}

type responseContext struct {
	StatusCode      int     `json:"statusCode"`
	ExecutedVersion string  `json:"executedVersion"`
	FunctionError   *string `json:"functionError"` // null where its response had them fail
}

type kinesisBatchInfo struct {
	ShardID                         string `json:"shardId"`
	StartSequenceNumber             string `json:"startSequenceNumber"`
	EndSequenceNumber               string `json:"endSequenceNumber"`
	ApproximateArrivalOfFirstRecord string `json:"approximateArrivalOfFirstRecord"`
	ApproximateArrivalOfLastRecord  string `json:"approximateArrivalOfLastRecord"`
	BatchSize                       int    `json:"batchSize"`
	StreamArn                       string `json:"streamArn"` // the stream's, also of a stream consumer: ours
}

// document describes records that are given up. last is the invocation that they failed in; nil where age is the reason.
func (m *mapping) document(sh *shard, d *Drop, last *invocation) *document {
	first, end := &d.Records[0], &d.Records[len(d.Records)-1]
	e := Event{Records: d.Records, sequence: sh.sequence}
	doc := &document{
		RequestContext: requestContext{
			RequestID: d.Request.String(), FunctionArn: m.functionARN, Condition: d.Condition, ApproximateInvokeCount: d.Attempts,
		},
		Version: "1.0", Timestamp: isoMillis(d.At),
		KinesisBatchInfo: kinesisBatchInfo{
			ShardID: sh.id, StartSequenceNumber: e.SequenceNumber(0), EndSequenceNumber: e.SequenceNumber(len(d.Records) - 1),
			ApproximateArrivalOfFirstRecord: isoMillis(time.Unix(0, first.Arrival)),
			ApproximateArrivalOfLastRecord:  isoMillis(time.Unix(0, end.Arrival)),
			BatchSize:                       len(d.Records), StreamArn: m.service.StreamARN(m.stream),
		},
	}
	if last != nil {
		doc.ResponseContext = &responseContext{StatusCode: 200, ExecutedVersion: "$LATEST"}
		if last.err != "" {
			doc.ResponseContext.FunctionError = new(ErrUnhandled)
		}
	}
	return doc
}

// isoMillis is an instant as the document writes it.
func isoMillis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// objectKey is the key of the object of a drop (DG kinesis-on-failure; its prefix was recorded on AWS).
func objectKey(mapping, shardID string, at time.Time, unique string) string {
	return "aws/lambda/" + mapping + "/" + shardID + "/" + at.UTC().Format("2006/01/02/2006-01-02T15.04.05") + "-" + unique
}
