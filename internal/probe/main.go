package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
)

// RuntimeAPI is the environment variable that Lambda sets to the host and port of its Runtime API. Where it is set, the program
// is a function and calls Main.
const RuntimeAPI = "AWS_LAMBDA_RUNTIME_API"

// Main runs the probe: it makes a Handler out of the environment's variables and answers invocations, until Lambda ends the
// process. client sends the receipts; nil is the SDK's own.
//
// It returns only where the probe cannot start, with an error that Lambda has been told as well; the program should then
// end with a failure. When the Runtime API goes away, aws-lambda-go logs that and ends the process itself. ctx is the parent
// of every invocation's context.
func Main(ctx context.Context, client aws.HTTPClient) error {
	h, err := fromEnvironment(os.Getenv, client)
	if err != nil {
		if untold := initError(ctx, os.Getenv(RuntimeAPI), err); untold != nil {
			return fmt.Errorf("%w; %w", err, untold)
		}
		return err
	}
	lambda.StartWithOptions(h, lambda.WithContext(ctx))
	return nil
}

func fromEnvironment(getenv func(string) string, client aws.HTTPClient) (*Handler, error) {
	s, err := FromEnvironment(getenv)
	if err != nil {
		return nil, err
	}
	receipts, err := newStream(s, getenv, client)
	if err != nil {
		return nil, err
	}
	return NewHandler(Config{
		Settings: s, Receipts: receipts, Environment: environment(getenv("AWS_LAMBDA_LOG_STREAM_NAME"), time.Now()), Log: os.Stderr,
	}), nil
}

// environment names this process. Lambda gives each execution environment a log stream, and starts the process anew in
// the same one after a timeout; the new one must not draw the same timeout again, so the instant of the start is in it too.
func environment(logStream string, start time.Time) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, logStream) // a hash takes everything
	_, _ = io.WriteString(h, strconv.FormatInt(start.UnixNano(), 36))
	return mix(h.Sum64())
}

// initError tells Lambda why the function cannot start (runtimes-api, "Initialization error").
func initError(ctx context.Context, api string, cause error) error {
	body, err := json.Marshal(map[string]any{"errorMessage": cause.Error(), "errorType": "Probe.Settings", "stackTrace": []string{}})
	if err != nil {
		return fmt.Errorf("report failed start: %w", err)
	}
	url := "http://" + api + "/2018-06-01/runtime/init/error"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("report failed start: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Lambda-Runtime-Function-Error-Type", "Probe.Settings")
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r) // once, and never by a proxy
	if err != nil {
		return fmt.Errorf("report failed start: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		return fmt.Errorf("report failed start: POST %s: %s", url, resp.Status)
	}
	return nil
}
