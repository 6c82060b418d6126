package account_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const notFound = "ResourceNotFoundException"

// json are the services with a JSON protocol and a target header.
func (f *fake) json(service, name string, in object) any {
	switch service {
	case "kinesis":
		return f.kinesis(name, in)
	case "firehose":
		return f.firehose(name, in)
	case "logs":
		return f.logs(name, in)
	case "tag":
		return f.tagged()
	}
	if service+name == "servicequotasListServiceQuotas" {
		return object{"Quotas": []object{{"QuotaName": "Delivery streams", "Value": 50}}}
	}
	return oops{"UnknownOperationException", http.StatusBadRequest}
}

func (f *fake) kinesis(name string, in object) any {
	stream, _ := in["StreamName"].(string)
	key := "stream " + stream
	switch name {
	case "CreateStream":
		return f.create(key, in["Tags"])
	case "AddTagsToStream":
		f.tag(key, in["Tags"])
		return object{}
	case "ListTagsForStream":
		return f.list(key, notFound)
	case "DeleteStream":
		return f.remove(key, notFound)
	case "ListStreams":
		return paged(f.names("stream"), in["ExclusiveStartStreamName"], "StreamNames", "HasMoreStreams")
	case "DescribeLimits":
		return object{"ShardLimit": 500, "OpenShardCount": f.shards, "OnDemandStreamCount": 0, "OnDemandStreamCountLimit": 50}
	}
	return oops{"UnknownOperationException", http.StatusBadRequest}
}

// paged answers with two names at a time, so that a list has pages.
func paged(names []string, after any, list, more string) object {
	start, _ := after.(string)
	page := []string{}
	for _, n := range names {
		if n > start {
			page = append(page, n)
		}
	}
	return object{list: page[:min(len(page), 2)], more: len(page) > 2}
}

func (f *fake) firehose(name string, in object) any {
	stream, _ := in["DeliveryStreamName"].(string)
	key := "delivery stream " + stream
	switch name {
	case "CreateDeliveryStream":
		return f.create(key, in["Tags"])
	case "ListTagsForDeliveryStream":
		return f.list(key, notFound)
	case "DeleteDeliveryStream":
		return f.remove(key, notFound)
	case "ListDeliveryStreams":
		return paged(f.names("delivery stream"), in["ExclusiveStartDeliveryStreamName"], "DeliveryStreamNames", "HasMoreDeliveryStreams")
	}
	return oops{"UnknownOperationException", http.StatusBadRequest}
}

func (f *fake) logs(name string, in object) any {
	group, _ := in["logGroupName"].(string)
	switch name {
	case "CreateLogGroup":
		return f.create("log group "+group, in["tags"])
	case "DeleteLogGroup":
		return f.remove("log group "+group, notFound)
	case "ListTagsForResource":
		_, group, _ = strings.Cut(in["resourceArn"].(string), ":log-group:")
		if f.tags["log group "+group] == nil {
			return gone(notFound)
		}
		return object{"tags": f.tags["log group "+group]}
	case "DescribeLogGroups":
		list := []object{}
		prefix, _ := in["logGroupNamePrefix"].(string)
		for _, n := range f.names("log group") {
			if strings.HasPrefix(n, prefix) {
				list = append(list, object{"logGroupName": n})
			}
		}
		return object{"logGroups": list}
	}
	return oops{"UnknownOperationException", http.StatusBadRequest}
}

// tagged is the tagging API's answer. It knows no roles, as AWS's does not.
func (f *fake) tagged() any {
	list := []object{}
	for _, kind := range []struct{ kind, arn string }{
		{"stream", "arn:aws:kinesis:us-east-1:123456789012:stream/"},
		{"function", "arn:aws:lambda:us-east-1:123456789012:function:"},
		{"delivery stream", "arn:aws:firehose:us-east-1:123456789012:deliverystream/"},
		{"bucket", "arn:aws:s3:::"},
	} {
		for _, n := range f.names(kind.kind) {
			if f.tags[kind.kind+" "+n]["wavetank:run"] != "" && !f.unlisted {
				list = append(list, object{"ResourceARN": kind.arn + n})
			}
		}
	}
	return object{"ResourceTagMappingList": list, "PaginationToken": ""}
}

func (f *fake) lambda(name string, r *http.Request, in object) any {
	last, _ := url.PathUnescape(r.URL.EscapedPath()[strings.LastIndex(r.URL.EscapedPath(), "/")+1:])
	switch name {
	case "CreateFunction":
		return f.create("function "+in["FunctionName"].(string), in["Tags"])
	case "DeleteFunction":
		return f.remove("function "+last, notFound)
	case "ListTags":
		tags := f.tags["function "+last[strings.LastIndex(last, ":")+1:]]
		if tags == nil {
			return gone(notFound)
		}
		return object{"Tags": tags}
	case "ListFunctions":
		list := []object{}
		for _, n := range f.names("function") {
			list = append(list, object{"FunctionName": n})
		}
		return object{"Functions": list}
	case "CreateEventSourceMapping":
		f.lastID++
		stream := in["EventSourceArn"].(string)
		f.mappings[fmt.Sprintf("uuid-%d", f.lastID)] = [2]string{in["FunctionName"].(string), stream[strings.Index(stream, ":stream/")+len(":stream/"):]}
		return object{}
	case "DeleteEventSourceMapping":
		delete(f.mappings, last)
		return object{}
	case "ListEventSourceMappings":
		return object{"EventSourceMappings": f.mapped(r.URL.Query().Get("EventSourceArn"))}
	case "GetAccountSettings":
		return object{"AccountLimit": object{"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}}
	}
	return oops{"UnknownOperationException", http.StatusBadRequest}
}

func (f *fake) mapped(source string) []object {
	list := []object{}
	for uuid, m := range f.mappings {
		arn := "arn:aws:kinesis:us-east-1:123456789012:stream/" + m[1]
		if source == "" || source == arn {
			list = append(list, object{
				"UUID": uuid, "EventSourceArn": arn, "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:" + m[0],
			})
		}
	}
	return list
}
