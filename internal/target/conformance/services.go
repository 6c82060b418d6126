package conformance

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A service that does not answer is asked again: some are loaded when they are first asked, and answer the second time.
const (
	askTimes   = 3
	askTimeout = 15 * time.Second
)

// services know which services are there, so that one that is not is told at once in each of its cases.
type services struct {
	*lab
	found    map[string]Finding // by what is needed; a verdict of Does is a service that is there
	modelled bool               // the endpoint is wavetank's own server; askLambda's to write
}

// ownServer is the header Server of wavetank's own server, which models functions and runs none.
const ownServer = "wavetank"

// askServices asks each service that the cases need, all at the same time. Whether functions run is told here only where
// the endpoint itself says that they do not.
func askServices(ctx context.Context, l *lab, cases []Case) *services {
	p := &services{lab: l, found: map[string]Finding{NeedsFunction: does("")}}
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
				f.Unasked = f.Verdict == Unknown
				mu.Lock()
				defer mu.Unlock()
				p.found[service] = f
				if service == NeedsLambda && p.modelled {
					p.found[NeedsFunction] = unknown("its functions are modelled: what is deployed does not run")
				}
			})
		}
	}
	all.Wait()
	return p
}

// miss is the finding of a case that needs something that is not there.
func (p *services) miss(needs []string) (f Finding, misses bool) {
	for _, n := range needs {
		if f := p.found[n]; f.Verdict != Does {
			return f, true
		}
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
	case denied(err):
		return forbidden(err)
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
	if err == nil {
		answer, ok := awsmiddleware.GetRawResponse(out.ResultMetadata).(*smithyhttp.Response)
		p.modelled = ok && answer.Header.Get("Server") == ownServer
	}
	return err
}

// askS3 asks for a bucket that nobody has: only S3 says NoSuchBucket.
func (p *services) askS3(ctx context.Context) error {
	nobodys := p.prefix + "no-such-bucket"
	if p.owner != nil { // whose policy lets ask for names that are its own
		nobodys = p.owner.Name(Bucket, "no-such-bucket")
	}
	_, err := p.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &nobodys})
	switch {
	case codeOf(err) == "NoSuchBucket":
		return nil
	case err == nil:
		return errOther
	}
	return err
}
