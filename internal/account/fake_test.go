package account_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/wavetank/wavetank/internal/account/iamtest"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// fake is an AWS account in memory, as far as this package and its tests call it. It keeps the rules that deleting meets:
// a role with policies and a bucket with versions are not deleted.
type fake struct {
	*httptest.Server

	recorder *iamtest.Recorder

	// refuse answers a request by action with an error code and a status, before anything is done; "" lets it through.
	refuse func(action string) (code string, status int)

	mu        sync.Mutex
	tags      map[string]map[string]string // by kind and name: "stream clicks"
	policies  map[string][]string          // by role: "inline read", "attached arn:…"
	objects   map[string][]string          // by bucket: version ids
	mappings  map[string][2]string         // by UUID: function, stream
	shards    int
	unlisted  bool // the tagging API knows nothing
	lastID    int
	delivered int // objects that are still put into a bucket while it is being emptied
	calls     []string
}

// newFake starts an empty account.
func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		tags: map[string]map[string]string{}, policies: map[string][]string{}, objects: map[string][]string{},
		mappings: map[string][2]string{},
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	f.recorder = iamtest.New(transport)
	return f
}

func (f *fake) config() aws.Config {
	return aws.Config{
		Region: testRegion, BaseEndpoint: &f.URL, HTTPClient: httpclient.New(f.recorder),
		Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// oops is an error answer.
type oops struct {
	code   string
	status int
}

func gone(code string) oops { return oops{code, http.StatusNotFound} }

// ServeHTTP answers in the protocol of the service.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	action := iamtest.Actions(r, body)[0]
	f.calls = append(f.calls, action)
	answer := f.answer(action, r, body)
	service, _, _ := strings.Cut(action, ":")
	e, failed := answer.(oops)
	switch service {
	case "s3", "iam", "sts":
		w.Header().Set("Content-Type", "text/xml")
		if failed && service == "s3" {
			w.WriteHeader(e.status)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>the fake says so</Message></Error>", e.code)
			return
		} else if failed {
			w.WriteHeader(e.status)
			fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>the fake says so</Message></Error></ErrorResponse>", e.code)
			return
		}
		fmt.Fprint(w, answer)
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if failed {
			w.Header().Set("X-Amzn-Errortype", e.code)
			w.WriteHeader(e.status)
			answer = map[string]string{"__type": e.code, "message": "the fake says so"}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			panic(err)
		}
	}
}

func (f *fake) answer(action string, r *http.Request, body []byte) any {
	if f.refuse != nil {
		if code, status := f.refuse(action); code != "" {
			return oops{code, status}
		}
	}
	service, name, _ := strings.Cut(action, ":")
	switch service {
	case "s3":
		return f.s3(name, r, body)
	case "iam", "sts":
		return f.query(name, body)
	}
	var in map[string]any
	if len(body) > 0 {
		if err := json.Unmarshal(body, &in); err != nil {
			return oops{"SerializationException", http.StatusBadRequest}
		}
	}
	if service == "lambda" {
		return f.lambda(name, r, in)
	}
	return f.json(service, name, in)
}

type object = map[string]any

// names are all of a kind.
func (f *fake) names(kind string) []string {
	list := []string{}
	for key := range f.tags {
		if name, ok := strings.CutPrefix(key, kind+" "); ok {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// create adds something with the tags it comes with, in either of AWS's forms.
func (f *fake) create(key string, tags any) any {
	if f.tags[key] != nil {
		return oops{"ResourceInUseException", http.StatusBadRequest}
	}
	f.tags[key] = map[string]string{}
	f.tag(key, tags)
	return object{}
}

func (f *fake) tag(key string, tags any) {
	switch tags := tags.(type) {
	case object:
		for k, v := range tags {
			f.tags[key][k] = v.(string)
		}
	case []any:
		for _, t := range tags {
			f.tags[key][t.(object)["Key"].(string)] = t.(object)["Value"].(string)
		}
	}
}

// remove deletes something.
func (f *fake) remove(key, missing string) any {
	if f.tags[key] == nil {
		return gone(missing)
	}
	delete(f.tags, key)
	return object{}
}

// list is a resource's tags as a list, or that it is not there.
func (f *fake) list(key, missing string) any {
	if f.tags[key] == nil {
		return gone(missing)
	}
	return object{"Tags": pairs(f.tags[key]), "HasMoreTags": false}
}

func pairs(tags map[string]string) []object {
	list := []object{}
	for k, v := range tags {
		list = append(list, object{"Key": k, "Value": v})
	}
	return list
}
