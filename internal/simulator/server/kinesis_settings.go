package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// settingOperations are the operations of what can be set of a stream.
var settingOperations = map[string]operation{
	"IncreaseStreamRetentionPeriod": empty(
		func(in *kinesis.IncreaseStreamRetentionPeriodInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).IncreaseStreamRetentionPeriod),
	"DecreaseStreamRetentionPeriod": empty(
		func(in *kinesis.DecreaseStreamRetentionPeriodInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).DecreaseStreamRetentionPeriod),
	"StartStreamEncryption": empty(
		func(in *kinesis.StartStreamEncryptionInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).StartStreamEncryption),
	"StopStreamEncryption": empty(
		func(in *kinesis.StopStreamEncryptionInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).StopStreamEncryption),
	"EnableEnhancedMonitoring":  plain(monitoredStream, (*kinesis.Service).EnableEnhancedMonitoring),
	"DisableEnhancedMonitoring": plain(monitoredStream, (*kinesis.Service).DisableEnhancedMonitoring),
	"UpdateMaxRecordSize": empty(
		func(in *kinesis.UpdateMaxRecordSizeInput) string { return kinesis.StreamOf(nil, in.StreamARN) },
		(*kinesis.Service).UpdateMaxRecordSize),
	"UpdateStreamWarmThroughput": plain(
		func(in *kinesis.UpdateStreamWarmThroughputInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).UpdateStreamWarmThroughput),
	"UpdateStreamRecordDistributionStrategy": empty(
		func(in *kinesis.UpdateStreamRecordDistributionStrategyInput) string {
			return kinesis.StreamOf(nil, in.StreamARN)
		},
		(*kinesis.Service).UpdateStreamRecordDistributionStrategy),
}

func monitoredStream(in *kinesis.EnhancedMonitoringInput) string {
	return kinesis.StreamOf(in.StreamName, in.StreamARN)
}
