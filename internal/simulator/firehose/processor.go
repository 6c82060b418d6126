package firehose

import (
	"cmp"
	"math"
	"strings"
	"time"
)

// LambdaProcessor describes the function that transforms a delivery stream's records before they are buffered for their
// destination (developer guide, "Transform source data"). Function must be set; the zero value of every other field is AWS's
// default.
type LambdaProcessor struct {
	Function  string          // its name, or its ARN in this account and region; it need not exist: its invocations fail until it does
	Retries   *int            // NumberOfRetries, 0 or more; nil: 3
	Buffering *BufferingHints // of an invocation: 0.2 to 3 MiB, 0 to 900 s; nil, or a zero Size: DefaultProcessorHints
	RoleARN   string          // shown again; "": the destination's
}

// DefaultProcessorHints are those of a Lambda processor that names none.
var DefaultProcessorHints = BufferingHints{Size: mib, Interval: 60 * time.Second}

// defaultRetries is how often a failed invocation is tried again where NumberOfRetries is not given.
const defaultRetries = 3

// The bounds of a processor's buffer.
const (
	leastProcessorSize    = mib / 5
	mostProcessorSize     = 3 * mib
	mostProcessorInterval = 900 * time.Second
)

// processing is a processor as its delivery stream works with it.
type processing struct {
	LambdaProcessor        // with its defaults
	function        string // the bare name
	arn             string // as it was given, or made of the name
}

// withDefaults checks a processor and fills in its defaults.
func (c LambdaProcessor) withDefaults(s *Service, role string) (*processing, error) {
	p := &processing{LambdaProcessor: c}
	p.RoleARN = cmp.Or(p.RoleARN, role)
	retries, hints := defaultRetries, DefaultProcessorHints
	if c.Retries != nil {
		retries = *c.Retries
	}
	if c.Buffering != nil {
		hints = *c.Buffering
		hints.Size = cmp.Or(hints.Size, DefaultProcessorHints.Size)
	}
	p.Retries, p.Buffering = &retries, &hints
	switch {
	case retries < 0 || retries > math.MaxInt32:
		return nil, errorf(codeInvalidArgument, "NumberOfRetries %d is not 0 or more", retries)
	case hints.Size < leastProcessorSize || hints.Size > mostProcessorSize:
		return nil, errorf(codeInvalidArgument, "BufferSizeInMBs %v is not between 0.2 and 3", float64(hints.Size)/mib)
	case hints.Interval < 0 || hints.Interval > mostProcessorInterval || hints.Interval%time.Second != 0:
		return nil, errorf(codeInvalidArgument, "BufferIntervalInSeconds %v is not a whole number of seconds between 0 and 900", hints.Interval)
	}
	own := "arn:aws:lambda:" + s.config.Region + ":" + s.config.Account + ":function:"
	p.function, p.arn = c.Function, own+c.Function
	if strings.HasPrefix(c.Function, "arn:") {
		name, ok := strings.CutPrefix(c.Function, own)
		if !ok {
			return nil, errorf(codeInvalidArgument, "LambdaArn %q is not a function of this account and region: %sNAME", c.Function, own)
		}
		p.function, p.arn = strings.TrimSuffix(name, ":$LATEST"), c.Function
	}
	switch {
	case p.function == "":
		return nil, errorf(codeInvalidArgument, "LambdaArn names no function")
	case strings.Contains(p.function, ":"):
		return nil, notEmulated("a version or alias of a function, other than $LATEST, as LambdaArn: " + p.arn)
	}
	return p, nil
}

// prepareProcessor checks a Lambda processor, where there is one.
func (d *deliveryStream) prepareProcessor(c *DeliveryStream) (err error) {
	if c.Processor == nil {
		return nil
	}
	switch {
	case c.HTTP != nil:
		return notEmulated("HttpEndpointDestinationConfiguration.ProcessingConfiguration")
	case d.service.config.Functions == nil:
		return notEmulated("ProcessingConfiguration where nothing invokes functions")
	}
	if d.processing, err = c.Processor.withDefaults(d.service, c.RoleARN); err != nil {
		return err
	}
	d.errors, err = parseErrorPrefix(c.ErrorOutputPrefix, c.Prefix, processingFailed)
	return err
}
