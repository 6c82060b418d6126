package conformance

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A service that does not answer is asked again: some are loaded when they are first asked, and answer the second time.
const (
	askTimes   = 3
	askTimeout = 15 * time.Second
)

// services know which services are there, so that one that is not is told at once in each of its cases.
type services struct {
	*clients
	found map[string]Finding // by service; a verdict of Does is a service that is there
}

// askServices asks each service that the cases need, all at the same time.
func askServices(ctx context.Context, c *clients, cases []Case) *services {
	p := &services{clients: c, found: map[string]Finding{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	asked := map[string]bool{NeedsFunction: true}
	for _, k := range cases {
		for _, service := range k.Needs {
			if asked[service] {
				continue
			}
			asked[service] = true
			all.Go(func() {
				f := p.ask(ctx, service)
				mu.Lock()
				defer mu.Unlock()
				p.found[service] = f
			})
		}
	}
	all.Wait()
	return p
}

// miss is the finding of a case that needs something that is not there.
func (p *services) miss(needs []string, zip []byte) (Finding, bool) {
	for _, n := range needs {
		if f := p.found[n]; n != NeedsFunction && f.Verdict != Does {
			return f, true
		}
	}
	if slices.Contains(needs, NeedsFunction) && len(zip) == 0 {
		return unknown("needs a function package"), true
	}
	return Finding{}, false
}

var errOther = errors.New("the answer is not one of this API")

func (p *services) ask(ctx context.Context, service string) Finding {
	ask := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		return map[string]func(context.Context) error{
			NeedsKinesis: p.askKinesis, NeedsFirehose: p.askFirehose, NeedsLambda: p.askLambda, NeedsS3: p.askS3,
		}[service](ctx)
	}
	err := ask(ctx)
	for tries := 1; timedOut(err); tries++ {
		if tries == askTimes || ctx.Err() != nil {
			return unknown("%s cannot be asked: no answer, %d times within %v", service, tries, askTimeout)
		}
		err = ask(ctx)
	}
	switch {
	case err == nil:
		return does("it is there")
	case missing(err), statusOf(err) >= 400 && statusOf(err) < 500, codeOf(err) != "" && codeOf(err) != "UnknownError":
		return found(Refuses, "there is no %s: %s", service, explain(err))
	}
	return unknown("%s cannot be asked: %s", service, explain(err))
}

func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func (p *services) askKinesis(ctx context.Context) error {
	var out *kinesis.ListStreamsOutput
	err := patient(ctx, func() (err error) {
		out, err = p.kinesis.ListStreams(ctx, &kinesis.ListStreamsInput{})
		return err
	})
	if err == nil && out.HasMoreStreams == nil {
		return errOther
	}
	return err
}

func (p *services) askFirehose(ctx context.Context) error {
	var out *firehose.ListDeliveryStreamsOutput
	err := patient(ctx, func() (err error) {
		out, err = p.firehose.ListDeliveryStreams(ctx, &firehose.ListDeliveryStreamsInput{})
		return err
	})
	if err == nil && out.HasMoreDeliveryStreams == nil {
		return errOther
	}
	return err
}

func (p *services) askLambda(ctx context.Context) error {
	out, err := p.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	if err == nil && out.Functions == nil {
		return errOther
	}
	return err
}

// askS3 asks for a bucket that nobody has: only S3 says NoSuchBucket.
func (p *services) askS3(ctx context.Context) error {
	_, err := p.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("wavetank-no-such-bucket-" + newRunID())})
	switch {
	case codeOf(err) == "NoSuchBucket":
		return nil
	case err == nil:
		return errOther
	}
	return err
}
