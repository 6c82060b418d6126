package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// Clients are the SDK clients of one region. They are safe for concurrent use.
type Clients struct {
	region   string
	kinesis  *kinesis.Client
	firehose *firehose.Client
	lambda   *lambda.Client
	s3       *s3.Client
	iam      *iam.Client
	logs     *cloudwatchlogs.Client
	sts      *sts.Client
	tagging  *resourcegroupstaggingapi.Client
	quotas   *servicequotas.Client
}

// NewClients makes clients of a configuration, with the SDK's retries off: this package repeats what it has to itself. A
// configuration without an HTTP client gets one of httpclient. Buckets are addressed by path where S3 has an endpoint of
// its own.
func NewClients(c aws.Config) *Clients {
	c = c.Copy()
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if c.HTTPClient == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		c.HTTPClient = httpclient.New(transport)
	}
	return &Clients{
		region:   c.Region,
		kinesis:  kinesis.NewFromConfig(c),
		firehose: firehose.NewFromConfig(c),
		lambda:   lambda.NewFromConfig(c),
		s3:       s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil }),
		iam:      iam.NewFromConfig(c),
		logs:     cloudwatchlogs.NewFromConfig(c),
		sts:      sts.NewFromConfig(c),
		tagging:  resourcegroupstaggingapi.NewFromConfig(c),
		quotas:   servicequotas.NewFromConfig(c),
	}
}

// Region is the region of the clients.
func (c *Clients) Region() string { return c.region }

// Caller is who the credentials are.
type Caller struct {
	Account string // 12 digits
	ARN     string // of the user or of the session: a good owner of a run
}

// Caller asks AWS who the credentials are.
func (c *Clients) Caller(ctx context.Context) (Caller, error) {
	out, err := ask(ctx, brief, c.sts.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Caller{}, fmt.Errorf("ask who the credentials are: %w", err)
	}
	return Caller{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn)}, nil
}

// partition is the part of AWS that a region is in, as ARNs write it.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// buildARN makes an ARN in a resource's region and account.
func buildARN(service string, r Resource, rest string) *string {
	return aws.String("arn:" + partition(r.Region) + ":" + service + ":" + r.Region + ":" + r.Account + ":" + rest)
}
