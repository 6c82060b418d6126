package conformance

import (
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
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

	// SDK is instead of all of them: endpoints, region, credentials, proxy and certificates of the user's own. Retries are
	// off all the same.
	SDK *aws.Config
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
	if e.SDK != nil {
		return ownClients(*e.SDK)
	}
	if e.Region == "" {
		e.Region = "us-east-1"
	}
	if e.Credentials == nil {
		e.Credentials = credentials.NewStaticCredentialsProvider("wavetank", "wavetank", "")
	}
	idle := func() {}
	if e.Transport == nil {
		t := fit(&http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext})
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
	return c.make()
}

// ownClients are clients by the user's configuration.
func ownClients(config aws.Config) *clients {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if b, ok := config.HTTPClient.(*awshttp.BuildableClient); ok {
		t = b.GetTransport()
	}
	t = fit(t)
	c := &clients{http: httpclient.New(t), idle: t.CloseIdleConnections, config: config.Copy()}
	c.config.HTTPClient, c.config.Retryer = c.http, func() aws.Retryer { return aws.NopRetryer{} }
	return c.make()
}

// fit gives a transport what the cases need of it.
func fit(t *http.Transport) *http.Transport {
	t.MaxIdleConnsPerHost = 64
	t.ResponseHeaderTimeout = answerTimeout
	t.DisableCompression = true // a compressed object is told from a plain one
	return t
}

func (c *clients) make() *clients {
	c.kinesis = kinesis.NewFromConfig(c.config)
	c.firehose = firehose.NewFromConfig(c.config)
	c.lambda = lambda.NewFromConfig(c.config)
	c.s3 = s3.NewFromConfig(c.config, func(o *s3.Options) { o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil })
	return c
}
