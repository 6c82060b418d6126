package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

var streamOperations = map[string]operation{
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
	"ListShards": plain(listedStream, (*kinesis.Service).ListShards),
}

// listedStream is the stream whose shards are to be listed: that of the token, where one goes on.
func listedStream(in *kinesis.ListShardsInput) string {
	if in.NextToken != nil {
		return kinesis.TokenStream(*in.NextToken)
	}
	return kinesis.StreamOf(in.StreamName, in.StreamARN)
}
