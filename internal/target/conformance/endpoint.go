package conformance

import (
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// Endpoint is where the cases are tried. The zero values of optional fields are the defaults named beside them.
type Endpoint struct {
	URL         string                  // http://127.0.0.1:4566; "" is AWS itself, each service at its own address
	Region      string                  // default us-east-1
	Credentials aws.CredentialsProvider // default: a key that every local endpoint takes
	Transport   http.RoundTripper       // default: one of Run's own, closed when it returns
}

// answerTimeout is how long the header of an answer may take: what hangs is told, not waited for. It is as long as the
// slowest call that was seen: LocalStack makes a delivery stream with a source in half a minute.
const answerTimeout = time.Minute

// clients are the SDK's clients for one endpoint, and what a request of one's own needs.
type clients struct {
	config   aws.Config
	http     *httpclient.Client
	idle     func() // closes connections that no request is on
	kinesis  *kinesis.Client
	firehose *firehose.Client
	lambda   *lambda.Client
	s3       *s3.Client
}

func (e Endpoint) clients() *clients {
	if e.Region == "" {
		e.Region = "us-east-1"
	}
	if e.Credentials == nil {
		e.Credentials = credentials.NewStaticCredentialsProvider("wavetank", "wavetank", "")
	}
	idle := func() {}
	if e.Transport == nil {
		t := &http.Transport{
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost:   64,
			ResponseHeaderTimeout: answerTimeout,
			DisableCompression:    true, // a compressed object is told from a plain one
		}
		e.Transport, idle = t, t.CloseIdleConnections
	}
	c := &clients{http: httpclient.New(e.Transport), idle: idle}
	c.config = aws.Config{
		Region:      e.Region,
		Credentials: e.Credentials,
		HTTPClient:  c.http,
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
	if e.URL != "" {
		c.config.BaseEndpoint = aws.String(e.URL)
	}
	c.kinesis = kinesis.NewFromConfig(c.config)
	c.firehose = firehose.NewFromConfig(c.config)
	c.lambda = lambda.NewFromConfig(c.config)
	c.s3 = s3.NewFromConfig(c.config, func(o *s3.Options) { o.UsePathStyle = e.URL != "" })
	return c
}
