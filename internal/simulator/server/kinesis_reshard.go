package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// reshardOperations are the operations of resharding and modes.
var reshardOperations = map[string]operation{
	"SplitShard": empty(
		func(in *kinesis.SplitShardInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).SplitShard),
	"MergeShards": empty(
		func(in *kinesis.MergeShardsInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).MergeShards),
	"UpdateShardCount": plain(
		func(in *kinesis.UpdateShardCountInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).UpdateShardCount),
	"UpdateStreamMode": empty(
		func(in *kinesis.UpdateStreamModeInput) string { return kinesis.StreamOf(nil, in.StreamARN) },
		(*kinesis.Service).UpdateStreamMode),
}
