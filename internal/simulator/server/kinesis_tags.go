package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// tagOperations are the operations of tags and resource policies.
var tagOperations = map[string]operation{
	"AddTagsToStream": empty(
		func(in *kinesis.AddTagsToStreamInput) string { return kinesis.StreamOf(in.StreamName, in.StreamARN) },
		(*kinesis.Service).AddTagsToStream),
	"RemoveTagsFromStream": empty(
		func(in *kinesis.RemoveTagsFromStreamInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).RemoveTagsFromStream),
	"ListTagsForStream": plain(
		func(in *kinesis.ListTagsForStreamInput) string {
			return kinesis.StreamOf(in.StreamName, in.StreamARN)
		},
		(*kinesis.Service).ListTagsForStream),
	"TagResource": empty(
		func(in *kinesis.TagResourceInput) string { return kinesis.StreamOfResource(in.ResourceARN) },
		(*kinesis.Service).TagResource),
	"UntagResource": empty(
		func(in *kinesis.UntagResourceInput) string { return kinesis.StreamOfResource(in.ResourceARN) },
		(*kinesis.Service).UntagResource),
	"ListTagsForResource": plain(resourceStream, (*kinesis.Service).ListTagsForResource),
	"PutResourcePolicy": empty(
		func(in *kinesis.PutResourcePolicyInput) string { return kinesis.StreamOfResource(in.ResourceARN) },
		(*kinesis.Service).PutResourcePolicy),
	"GetResourcePolicy":    plain(resourceStream, (*kinesis.Service).GetResourcePolicy),
	"DeleteResourcePolicy": empty(resourceStream, (*kinesis.Service).DeleteResourcePolicy),
}

func resourceStream(in *kinesis.ResourceInput) string {
	return kinesis.StreamOfResource(in.ResourceARN)
}
