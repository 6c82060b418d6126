package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// channelOperations are the operations of channels. An operation that names a channel names no stream.
var channelOperations = map[string]operation{
	"CreateChannel": plain(
		func(in *kinesis.CreateChannelInput) string {
			if len(in.StreamConfigurationList) == 0 {
				return ""
			}
			return kinesis.StreamOf(nil, in.StreamConfigurationList[0].StreamARN)
		},
		(*kinesis.Service).CreateChannel),
	"UpdateChannel": plain(
		func(*kinesis.UpdateChannelInput) string { return "" },
		(*kinesis.Service).UpdateChannel),
	"DeleteChannel": empty(
		func(*kinesis.ChannelInput) string { return "" },
		(*kinesis.Service).DeleteChannel),
	"DescribeChannel": plain(
		func(*kinesis.ChannelInput) string { return "" },
		(*kinesis.Service).DescribeChannel),
	"ListChannels": plain(
		func(*kinesis.ListChannelsInput) string { return "" },
		(*kinesis.Service).ListChannels),
}
