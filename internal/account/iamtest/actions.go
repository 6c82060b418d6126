package iamtest

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Actions are the IAM actions that AWS asks for when it gets the request: that of the operation, and those of what comes
// with it, tags and a role that is passed on.
func Actions(r *http.Request, body []byte) []string {
	action := operation(r, body)
	list := []string{action}
	for _, b := range besides[action] {
		if b.with == "" || bytes.Contains(body, []byte(b.with)) {
			list = append(list, b.action)
		}
	}
	return list
}

// besides are actions that an operation needs where its body holds something; "" is always.
var besides = map[string][]struct{ with, action string }{
	// AWS, CreateStream: tags need kinesis:AddTagsToStream, "the kinesis:TagResource permission won't work".
	"kinesis:CreateStream":            {{`"Tags":{"`, "kinesis:AddTagsToStream"}},
	"firehose:CreateDeliveryStream":   {{`"Tags":[{`, "firehose:TagDeliveryStream"}, {`"RoleARN":`, "iam:PassRole"}},
	"lambda:CreateFunction":           {{`"Tags":{"`, "lambda:TagResource"}, {"", "iam:PassRole"}},
	"lambda:CreateEventSourceMapping": {{`"Tags":{"`, "lambda:TagResource"}},
	"iam:CreateRole":                  {{"Tags.member.1", "iam:TagRole"}},
	"logs:CreateLogGroup":             {{`"tags":{"`, "logs:TagResource"}},
	"s3:CreateBucket":                 {{"<Tags>", "s3:TagResource"}},
	// AWS, DeleteObjects: s3:DeleteObject always, and this for versions.
	"s3:DeleteObject": {{"<VersionId>", "s3:DeleteObjectVersion"}},
}

// prefixes are how IAM calls the services, by the name their requests are signed for.
var prefixes = map[string]string{
	"kinesis": "kinesis", "firehose": "firehose", "lambda": "lambda", "s3": "s3", "iam": "iam", "sts": "sts", "logs": "logs",
	"monitoring": "cloudwatch", "tagging": "tag", "servicequotas": "servicequotas",
}

// operation is the action of the request's operation.
func operation(r *http.Request, body []byte) string {
	unknown := "unknown:" + r.Method + " " + r.URL.RequestURI()
	service, ok := prefixes[signedFor(r)]
	if !ok {
		return unknown
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return service + ":" + target[strings.LastIndex(target, ".")+1:]
	}
	if _, name, ok := strings.Cut(r.URL.Path, "/operation/"); ok && strings.HasPrefix(r.URL.Path, "/service/") {
		return service + ":" + name
	}
	name := ""
	switch service {
	case "iam", "sts", "cloudwatch":
		if form, err := url.ParseQuery(string(body)); err == nil {
			name = form.Get("Action")
		}
	case "lambda":
		name = lambdaOperation(r)
	case "s3":
		name = s3Action(r)
	}
	if name == "" {
		return unknown
	}
	return service + ":" + name
}

// signedFor is the service in the scope of the signature: Credential=key/date/region/service/aws4_request.
func signedFor(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	parts := strings.Split(scope, "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[len(parts)-2]
}

// lambdaRoutes are those of Lambda that are called. AWS, Lambda API reference.
var lambdaRoutes = []struct {
	route  *regexp.Regexp
	action string
}{
	{regexp.MustCompile(`^GET /2015-03-31/functions/?$`), "ListFunctions"},
	{regexp.MustCompile(`^POST /2015-03-31/functions/?$`), "CreateFunction"},
	{regexp.MustCompile(`^GET /2015-03-31/functions/[^/]+$`), "GetFunction"},
	{regexp.MustCompile(`^DELETE /2015-03-31/functions/[^/]+$`), "DeleteFunction"},
	{regexp.MustCompile(`^GET /2015-03-31/functions/[^/]+/configuration$`), "GetFunctionConfiguration"},
	{regexp.MustCompile(`^POST /2015-03-31/functions/[^/]+/invocations$`), "InvokeFunction"},
	{regexp.MustCompile(`^GET /2015-03-31/event-source-mappings/?$`), "ListEventSourceMappings"},
	{regexp.MustCompile(`^POST /2015-03-31/event-source-mappings/?$`), "CreateEventSourceMapping"},
	{regexp.MustCompile(`^GET /2015-03-31/event-source-mappings/[^/]+$`), "GetEventSourceMapping"},
	{regexp.MustCompile(`^PUT /2015-03-31/event-source-mappings/[^/]+$`), "UpdateEventSourceMapping"},
	{regexp.MustCompile(`^DELETE /2015-03-31/event-source-mappings/[^/]+$`), "DeleteEventSourceMapping"},
	{regexp.MustCompile(`^GET /2017-03-31/tags/.+$`), "ListTags"},
	{regexp.MustCompile(`^POST /2017-03-31/tags/.+$`), "TagResource"},
	{regexp.MustCompile(`^GET /2016-08-19/account-settings/?$`), "GetAccountSettings"},
	{regexp.MustCompile(`^PUT /2017-10-31/functions/[^/]+/concurrency$`), "PutFunctionConcurrency"},
}

func lambdaOperation(r *http.Request) string {
	for _, l := range lambdaRoutes {
		if l.route.MatchString(r.Method + " " + r.URL.EscapedPath()) {
			return l.action
		}
	}
	return ""
}
