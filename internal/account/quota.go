package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"

	"github.com/wavetank/wavetank/scenarios"
)

// Quota is what a run needs of a quota of the account.
type Quota struct {
	Name    string
	Need    int
	Used    int    // by the account now; untold where AWS does not say
	Limit   int    // meaningless where Unknown is set
	Unknown string // why the limit is not known; "" is known
}

// Short tells that the quota is known and does not suffice.
func (q Quota) Short() bool { return q.Unknown == "" && max(q.Used, 0)+q.Need > q.Limit }

// untold is the use of a quota that AWS does not tell.
const untold = -1

// needs are what has to be made of a pipeline needs, before the account is asked.
type needs struct {
	shards, onDemandStreams, concurrency, deliveryStreams, roles int
}

func needsOf(scenario *scenarios.Scenario, made []Resource) (n needs) {
	p := scenario.ToMake()
	for name, s := range p.Streams {
		if s.StreamMode == scenarios.OnDemand {
			n.onDemandStreams++
		} else {
			n.shards += scenario.MostShards(name)
		}
	}
	if len(p.Functions) > 0 {
		n.shards++ // of the receipts
	}
	for _, f := range p.Functions {
		for _, e := range f.EventSources {
			n.concurrency += scenario.MostShards(e.Stream) * max(e.ParallelizationFactor, 1)
		}
	}
	for _, r := range made {
		switch r.Kind {
		case DeliveryStream:
			n.deliveryStreams++
		case Role:
			n.roles++
		}
	}
	return n
}

// check asks the account for what is needed. What it does not tell is not known, which is no error.
func (c *Clients) check(ctx context.Context, n needs) []Quota {
	var list []Quota
	if n.shards > 0 || n.onDemandStreams > 0 {
		list = append(list, c.kinesisQuotas(ctx, n)...)
	}
	if n.concurrency > 0 {
		list = append(list, c.lambdaQuota(ctx, n.concurrency))
	}
	if n.deliveryStreams > 0 {
		list = append(list, c.firehoseQuota(ctx, n.deliveryStreams))
	}
	if n.roles > 0 {
		list = append(list, c.iamQuota(ctx, n.roles))
	}
	return list
}

// kinesisQuotas are those of DescribeLimits, which is called once: it takes one call a second.
func (c *Clients) kinesisQuotas(ctx context.Context, n needs) (list []Quota) {
	out, err := ask(ctx, brief, c.kinesis.DescribeLimits, &kinesis.DescribeLimitsInput{})
	unknown := reason(err)
	if err != nil {
		out = &kinesis.DescribeLimitsOutput{}
	}
	if n.shards > 0 {
		list = append(list, Quota{
			Name: "shards", Need: n.shards, Unknown: unknown,
			Used: int(aws.ToInt32(out.OpenShardCount)), Limit: int(aws.ToInt32(out.ShardLimit)),
		})
	}
	if n.onDemandStreams > 0 {
		list = append(list, Quota{
			Name: "on-demand streams", Need: n.onDemandStreams, Unknown: unknown,
			Used: int(aws.ToInt32(out.OnDemandStreamCount)), Limit: int(aws.ToInt32(out.OnDemandStreamCountLimit)),
		})
	}
	return list
}

// lambdaQuota is what concurrency the account has not reserved for single functions. What runs now is not told.
func (c *Clients) lambdaQuota(ctx context.Context, need int) Quota {
	q := Quota{Name: "concurrent executions", Need: need, Used: untold}
	out, err := ask(ctx, brief, c.lambda.GetAccountSettings, &lambda.GetAccountSettingsInput{})
	switch {
	case err != nil:
		q.Unknown = reason(err)
	case out.AccountLimit == nil || out.AccountLimit.UnreservedConcurrentExecutions == nil:
		q.Unknown = "Lambda does not tell"
	default:
		q.Limit = int(*out.AccountLimit.UnreservedConcurrentExecutions)
	}
	return q
}

// firehoseQuota is told by Service Quotas alone, under a name that has changed with the service's.
func (c *Clients) firehoseQuota(ctx context.Context, need int) Quota {
	q := Quota{Name: "delivery streams", Need: need, Unknown: "Service Quotas does not tell"}
	err := deliveryStreamService{&scope{Clients: c, patience: brief}}.each(ctx, func(string) { q.Used++ })
	if err != nil {
		q.Unknown = reason(err)
		return q
	}
	in := &servicequotas.ListServiceQuotasInput{ServiceCode: aws.String("firehose")}
	err = pages("quotas of firehose", func() (bool, error) {
		out, err := ask(ctx, brief, c.quotas.ListServiceQuotas, in)
		if err != nil {
			return false, err
		}
		for i := range out.Quotas {
			name := strings.ToLower(aws.ToString(out.Quotas[i].QuotaName))
			if v := out.Quotas[i].Value; v != nil && (name == "delivery streams" || name == "firehose streams") {
				q.Limit, q.Unknown = int(*v), ""
			}
		}
		in.NextToken = out.NextToken
		return aws.ToString(out.NextToken) != "", nil
	})
	if err != nil {
		q.Unknown = reason(err)
	}
	return q
}

func (c *Clients) iamQuota(ctx context.Context, need int) Quota {
	q := Quota{Name: "roles", Need: need}
	out, err := ask(ctx, brief, c.iam.GetAccountSummary, &iam.GetAccountSummaryInput{})
	if err != nil {
		q.Unknown = reason(err)
		return q
	}
	limit, ok := out.SummaryMap["RolesQuota"]
	if !ok {
		q.Unknown = "IAM does not tell"
	}
	q.Used, q.Limit = int(out.SummaryMap["Roles"]), int(limit)
	return q
}

// reason is why something is not known: the code where the service gave one.
func reason(err error) string {
	if err == nil {
		return ""
	}
	if c := code(err); c != "" {
		return fmt.Sprintf("%s: %s", strings.SplitN(err.Error(), ":", 2)[0], c)
	}
	return err.Error()
}
