// Command lambda-init is the first process of a function's container. It stands in for LocalStack's init binary and
// speaks its protocol: towards the function it is the Lambda Runtime API on 127.0.0.1:9001, towards LocalStack it takes
// invocations on :9563/invoke and posts ready, logs, response and error to LOCALSTACK_RUNTIME_ENDPOINT.
//
// It knows custom runtimes (a file called bootstrap) and one invocation at a time. It has no layers' permissions, no
// extensions, no X-Ray and no hot reloading.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const (
	runtimeAPI = "127.0.0.1:9001"
	invokePort = ":9563" // LocalStack dials it
)

func main() {
	seconds, err := strconv.Atoi(os.Getenv("AWS_LAMBDA_FUNCTION_TIMEOUT"))
	if err != nil {
		log.Fatalf("AWS_LAMBDA_FUNCTION_TIMEOUT: %v", err)
	}
	out, err := newOutput()
	if err != nil {
		log.Fatal(err)
	}
	e := newEnvironment(
		&localstack{endpoint: os.Getenv("LOCALSTACK_RUNTIME_ENDPOINT"), id: os.Getenv("LOCALSTACK_RUNTIME_ID")},
		func() *process {
			return start(out.write, runtimeAPI, "/var/runtime/bootstrap", "/var/task/bootstrap", "/opt/bootstrap")
		},
		time.Duration(seconds)*time.Second, out,
	)
	// Both ports answer before the function starts: one that finds no Runtime API gives up. All of this ends with the
	// process, which ends when LocalStack stops the container.
	api, invoke := listen(runtimeAPI), listen(invokePort)
	go out.copy()
	go func() { log.Fatal(http.Serve(api, e.runtimeAPI())) }()
	go func() { log.Fatal(http.Serve(invoke, e.invoke())) }()
	e.run(context.Background())
}

func listen(address string) net.Listener {
	l, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return l
}
