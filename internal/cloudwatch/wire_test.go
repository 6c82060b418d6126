package cloudwatch

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/wavetank/wavetank/internal/measure"
)

// serve answers the SDK's own clients: GetMetricData in CBOR, FilterLogEvents in JSON.
func serve(t *testing.T, metrics func(map[string]any) (status int, out cbor.Map), logs func(map[string]any) (status int, out any)) *Reader {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.HasSuffix(r.URL.Path, "/operation/GetMetricData") && r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
			v, err := cbor.Decode(body)
			if err != nil {
				t.Errorf("the request is no CBOR: %v", err)
			}
			status, out := metrics(plainMap(v))
			w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
			w.Header().Set("Content-Type", "application/cbor")
			w.WriteHeader(status)
			_, _ = w.Write(cbor.Encode(out))
			return
		}
		if r.Header.Get("X-Amz-Target") != "Logs_20140328.FilterLogEvents" {
			http.NotFound(w, r)
			return
		}
		var in map[string]any
		if err := json.Unmarshal(body, &in); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		status, out := logs(in)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(s.Close)
	return New(Config{Every: time.Microsecond, SDK: aws.Config{
		Region: "us-east-1", BaseEndpoint: &s.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
	}})
}

// plainMap is a CBOR map in the shapes of encoding/json; instants are seconds.
func plainMap(v cbor.Value) map[string]any {
	m, _ := plain(v).(map[string]any)
	return m
}

func plain(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		m := map[string]any{}
		for name, value := range v {
			m[name] = plain(value)
		}
		return m
	case cbor.List:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case *cbor.Tag:
		return plain(v.Value)
	case cbor.String:
		return string(v)
	case cbor.Uint:
		return float64(v)
	case cbor.Float64:
		return float64(v)
	}
	return v
}

// result is one result of GetMetricData: seconds since the epoch and values, in turn.
func result(id string, pairs ...float64) cbor.Map {
	var times, values cbor.List
	for i := 0; i < len(pairs); i += 2 {
		times = append(times, &cbor.Tag{ID: 1, Value: cbor.Float64(pairs[i])})
		values = append(values, cbor.Float64(pairs[i+1]))
	}
	return cbor.Map{"Id": cbor.String(id), "StatusCode": cbor.String("Complete"), "Timestamps": times, "Values": values}
}

// TestReadsOverTheWire reads a function's metrics and log as the SDK's clients bring them, in two pages each.
func TestReadsOverTheWire(t *testing.T) {
	from := float64(runStart().Truncate(time.Minute).Unix())
	r := serve(t, func(in map[string]any) (int, cbor.Map) {
		if in["StartTime"] != from || in["EndTime"] != from+180 {
			t.Errorf("asked from %v to %v, want 3 minutes from %v", in["StartTime"], in["EndTime"], from)
		}
		queries := in["MetricDataQueries"].([]any)
		first := queries[0].(map[string]any)["MetricStat"].(map[string]any)
		metric := first["Metric"].(map[string]any)
		dimension := metric["Dimensions"].([]any)[0].(map[string]any)
		if len(queries) != 15 || metric["Namespace"] != "AWS/Lambda" || metric["MetricName"] != "Invocations" || dimension["Name"] != "FunctionName" ||
			dimension["Value"] != process.Name || first["Period"] != 60.0 || first["Stat"] != "SampleCount" {
			t.Errorf("%d queries, the first %v", len(queries), first)
		}
		if in["NextToken"] == nil {
			return 200, cbor.Map{"NextToken": cbor.String("more"), "MetricDataResults": cbor.List{
				result("m0_0", from, 40, from+60, 60), result("m0_1", from, 40, from+60, 60), result("m0_2", from, 1, from+60, 1), result("m3_0", from, 40),
			}}
		}
		return 200, cbor.Map{"MetricDataResults": cbor.List{
			result("m3_1", from, 800), result("m3_2", from, 90.5), result("m9_9", from, 1), result("x", from, 1), result("m1_1", from-60, 7),
		}}
	}, func(in map[string]any) (int, any) {
		if in["logGroupName"] != process.LogGroup || in["startTime"] != float64(runStart().UnixMilli()) || in["filterPattern"] != reportPattern {
			t.Errorf("asked for %v", in)
		}
		if in["nextToken"] == nil {
			return 200, map[string]any{"events": []any{map[string]any{"message": coldLine}, map[string]any{"message": "START RequestId: 3f"}}, "nextToken": "more"}
		}
		return 200, map[string]any{"events": []any{map[string]any{"message": jsonLine}}}
	})
	got := r.Read(t.Context(), askedOf(process), nil, nil)
	if got == nil {
		t.Fatal("nothing was told")
	}
	if p := pointsOf(t, got, "Invocations"); len(p) != 2 || p[1] != (measure.CloudWatchPoint{Minute: 1, SampleCount: 60, Sum: 60, Maximum: 1}) {
		t.Errorf("Invocations %+v", p)
	}
	if p := pointsOf(t, got, "Duration"); len(p) != 1 || p[0] != (measure.CloudWatchPoint{SampleCount: 40, Sum: 800, Maximum: 90.5}) {
		t.Errorf("Duration %+v", p)
	}
	if p := pointsOf(t, got, "Errors"); len(p) != 0 {
		t.Errorf("Errors %+v, and only a minute before the run was told", p)
	}
	l := got.Logs[0]
	if l.Invocations != 2 || l.Duration.Max != 12_340_000 || l.Billed.Sum != 26_000_000 || l.Init.Count != 2 || l.MaxMemory != 64<<20 || l.Cut || l.Error != "" {
		t.Errorf("log %+v", l)
	}
}

// TestRefusalsOverTheWire holds what a person is told where AWS refuses or the endpoint has nothing of it.
func TestRefusalsOverTheWire(t *testing.T) {
	none := func(map[string]any) (int, cbor.Map) { return 200, cbor.Map{"MetricDataResults": cbor.List{}} }
	fail := func(status int, kind, message string) func(map[string]any) (int, any) {
		return func(map[string]any) (int, any) { return status, map[string]string{"__type": kind, "message": message} }
	}
	failCBOR := func(status int, kind, message string) func(map[string]any) (int, cbor.Map) {
		return func(map[string]any) (int, cbor.Map) {
			return status, cbor.Map{"__type": cbor.String(kind), "Message": cbor.String(message), "message": cbor.String(message)}
		}
	}
	const noLog = "there is no log group /aws/lambda/wavetank-x-process"
	for _, test := range []struct {
		name    string
		metrics func(map[string]any) (int, cbor.Map)
		logs    func(map[string]any) (int, any)
		known   bool
		notes   []string
	}{
		{"the policy lacks both", failCBOR(403, "com.amazonaws.cloudwatch#AccessDenied", "no"), fail(400, "AccessDeniedException", "no"), false, []string{
			"CloudWatch was not read: the credentials may not call cloudwatch:GetMetricData; allow it",
			"the log of process was not read: the credentials may not call logs:FilterLogEvents; allow it",
		}},
		{"no log group", none, fail(400, "ResourceNotFoundException", "The specified log group does not exist."), true, []string{noLog}},
		{"an error within", failCBOR(500, "com.amazonaws.cloudwatch#InternalServiceFault", "try later"), fail(500, "ServiceUnavailableException", "busy"), false, []string{
			"CloudWatch was not read: InternalServiceFault: try later", "the log of process was not read: ServiceUnavailableException: busy",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var l listener
			got := serve(t, test.metrics, test.logs).Read(t.Context(), askedOf(process), l.phase, l.note)
			if (got != nil) != test.known || len(l.notes) != len(test.notes) {
				t.Fatalf("told %+v, notes %q", got, l.notes)
			}
			for i, want := range test.notes {
				if !strings.Contains(l.notes[i], want) {
					t.Errorf("note %q, want %q", l.notes[i], want)
				}
			}
		})
	}
}

// TestEndpointWithoutCloudWatch reads from a server that knows neither service.
func TestEndpointWithoutCloudWatch(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	r := New(Config{Wait: time.Hour, SDK: aws.Config{
		Region: "us-east-1", BaseEndpoint: &s.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
	}})
	var l listener
	if got := r.Read(t.Context(), askedOf(clicks), l.phase, l.note); got != nil || len(l.notes) != 1 || l.notes[0] != "CloudWatch was not read: this endpoint has none" {
		t.Errorf("told %+v, notes %q", got, l.notes)
	}
}
