package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// serveFlags say what is served, and where.
type serveFlags struct {
	set       []string
	port      int
	account   string
	functions []string
	limits    []string
	disk      diskFlags
	tls       tlsFlags
	verbose   bool
}

func newServe(e env) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve [SCENARIO]",
		Short: "Serve the embedded AWS on this machine",
		Long: "serve answers Kinesis, Lambda, Firehose and S3 on 127.0.0.1, with AWS's limits unless --limits says otherwise,\n" +
			"until ^C. Any credentials do; the region is the one that a request is signed for. With a scenario its pipeline is\n" +
			"made first, in the region of AWS_REGION or AWS_DEFAULT_REGION (else " + fallbackRegion + "). Its load and its faults are not\n" +
			"served. Nothing is kept, unless --data names a directory: then every record that was acknowledged and every stream, with\n" +
			"its shards, settings, consumers, tags and channels, is there again after any end, kill -9 too, and iterators go on.\n" +
			"Lambda, Firehose and S3 are not kept: what they had is gone with the process.\n\n" +
			"http and https are answered on the same port, and HTTP/1.1 and HTTP/2 with both. The certificate is signed by an\n" +
			"authority of this machine's own, made by the first start and kept in $XDG_CONFIG_HOME/wavetank/ca.pem (else\n" +
			"~/.config/wavetank/ca.pem; its key is beside it), which a client must trust: AWS_CA_BUNDLE names it to most.",
		Example: "  wavetank serve\n" +
			"  wavetank serve clickstream --set pipeline.streams.click-stream.shardCount=8\n" +
			"  wavetank serve --data ./kinesis --disk 50GiB\n" +
			"  wavetank serve --function process-clicks=model --function slow=p50:200ms,p99:2s,errors:1%",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return f.serve(c.Context(), e, args)
		},
	}
	c.Flags().StringArrayVar(&f.set, "set", nil, "set any `key=value` of the scenario (repeatable)")
	c.Flags().IntVar(&f.port, "port", 4566, "the `port` of 127.0.0.1; 0 is any free one")
	c.Flags().StringVar(&f.account, "account", simulated.Account, "the account `number` of requests whose access key id is not an account number")
	c.Flags().StringArrayVar(&f.functions, "function", nil, "make a function in every account and region: `NAME=model`, "+
		"or with its model as in NAME=p50:20ms,p99:80ms,errors:1%,coldStart:250ms,memorySize:256MiB (repeatable)")
	c.Flags().StringArrayVar(&f.limits, "limits", nil, "by how much limits differ from AWS's: `FACTOR` for all (off, aws, 10x), or of one as in "+
		"kinesis=off or kinesis.writeRecords=10x (repeatable)")
	f.disk.add(c)
	c.Flags().StringVar(&f.tls.authority, "ca-file", "", "keep the certificate authority in `FILE` (and its key beside it)")
	c.Flags().StringVar(&f.tls.cert, "tls-cert", "", "show this certificate to clients of https; a PEM `FILE`")
	c.Flags().StringVar(&f.tls.key, "tls-key", "", "the key of --tls-cert; a PEM `FILE`")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "log each request to standard error")
	return c
}

// fallbackRegion is where a pipeline is made when the environment names no region.
const fallbackRegion = "us-east-1"

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// serve serves until the context ends.
func (f *serveFlags) serve(ctx context.Context, e env, args []string) (err error) {
	switch {
	case f.port < 0 || f.port > 65535:
		return usage(fmt.Errorf("--port %d: want 0 to 65535", f.port))
	case !accountNumber.MatchString(f.account):
		return usage(fmt.Errorf("--account %s: want the 12 digits of an account number", f.account))
	case len(args) == 0 && len(f.set) > 0:
		return usage(fmt.Errorf("--set %s: there is no scenario to set it in; name one, as in wavetank serve %s", f.set[0], defaultScenario))
	}
	if err := errors.Join(f.tls.check(), f.disk.check()); err != nil {
		return usage(err)
	}
	functions, err := parseFunctions(f.functions)
	if err != nil {
		return usage(err)
	}
	w := waters{account: f.account, region: cmp.Or(e.getenv("AWS_REGION"), e.getenv("AWS_DEFAULT_REGION"), fallbackRegion), functions: functions}
	if len(args) > 0 {
		if w.scenario, err = (&scenarioFlags{set: f.set}).open(args); err != nil {
			return err
		}
	}
	if w.scenario != nil {
		w.limits = w.scenario.Limits
		f.disk.fill(w.scenario.Storage)
	}
	for _, l := range f.limits {
		if err := w.limits.Set(l); err != nil {
			return usage(fmt.Errorf("--limits %s: %w", l, err))
		}
	}
	if w.tls, err = f.tls.open(e, time.Now()); err != nil {
		return err
	}
	logger := slog.New(slog.DiscardHandler)
	if f.verbose {
		logger = slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	serveMemory.apply(e)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	disk, kept, err := f.disk.open(e.stderr, fail)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	w.disk, w.memory, w.data = disk, int64(f.disk.memoryBytes), f.disk.data
	c := clock.NewWall()
	defer c.Stop()
	sender := server.NewSender(ctx, server.SenderConfig{})
	defer sender.Close() // before the clock stops: it does not see that
	if w.receiver, err = openReceiver(ctx, w.scenario); err != nil {
		return err
	}
	if w.receiver != nil {
		defer func() { err = errors.Join(err, w.receiver.Close()) }()
	}
	aws, err := w.fill(c, sender)
	if err != nil {
		return err
	}
	handler := logged(server.New(server.Config{AWS: aws, Account: f.account, Logger: logger}), logger)
	l, err := w.tls.listen(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port)), handler, logger)
	if err != nil {
		return err
	}
	if err := w.announce(newPage(e, e.stdout), e.stdout, l.Addr()); err != nil {
		return err
	}
	settle(ctx)
	<-ctx.Done()
	err = l.Close()
	if cause := context.Cause(ctx); errors.Is(cause, kinesis.ErrDiskFull) {
		err = errors.Join(cause, err)
	}
	return err
}

// settle gives back what only the start needed; not at once, for whoever waited for the server asks now.
func settle(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(300 * time.Millisecond):
		forgetStart()
	}
}

// waters is what the tank is filled with.
type waters struct {
	account, region string
	functions       map[string]scenarios.FunctionModel // of the flags
	scenario        *scenarios.Scenario                // nil: nothing is made
	limits          scenarios.Limits                   // of the flags, and else of the scenario
	disk            *kinesis.Disk                      // of Kinesis's records
	memory          int64                              // bytes of them, at most
	data            string                             // the directory that they are kept in; empty: they are not kept
	receiver        *server.Listener                   // of the scenario's deliveries by HTTP; nil: there are none
	tls             *secured
}

// deliversTo is the URL of a delivery stream's receiver.
func (w *waters) deliversTo(deliveryStream string) string {
	return w.receiver.URL() + "/" + deliveryStream
}

// fill makes an AWS with the scenario's pipeline in the default account and region. Functions are in every account and
// region, because who asks for one may be signed in for any. Deliveries to HTTP endpoints go through endpoints.
func (w *waters) fill(c clock.Clock, endpoints firehose.Endpoints) (*simulator.AWS, error) {
	pipeline := scenarios.Pipeline{}
	if w.scenario != nil {
		pipeline = w.scenario.Pipeline
	}
	var own []lambda.Function
	for name, model := range w.functions {
		if f, ok := pipeline.Functions[name]; ok { // a flag's model wins over the scenario's
			f.Model = model
			pipeline.Functions[name] = f
			continue
		}
		own = append(own, simulated.Function(name, scenarios.Function{Model: model}))
	}
	var failed error
	config := simulator.Config{
		Clock: c, MaxBytes: w.memory, Disk: w.disk,
		Lambda: lambda.Config{Functions: own}, Firehose: firehose.Config{Endpoints: endpoints, Open: aggregate.Opener(nil)},
		Setup: func(world *simulator.World) {
			if w.scenario != nil && world.Account == w.account && world.Region == w.region {
				failed = simulated.Make(world, w.scenario, w.deliversTo, c)
				return
			}
			for name, f := range pipeline.Functions {
				_, _ = world.Lambda.CreateFunction(simulated.Function(name, f)) // as it was created in the first world
			}
		},
	}
	if w.scenario != nil {
		simulated.Profile(&config, w.scenario)
	}
	simulated.Scale(&config, w.limits)
	aws := simulator.New(config)
	aws.World(w.account, w.region)
	return aws, failed
}

// logged writes a line for each request.
func logged(next http.Handler, logger *slog.Logger) http.Handler {
	if !logger.Enabled(context.Background(), slog.LevelInfo) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { // a connection that is cut ends the handler by a panic
			logger.Info("request", "method", r.Method, "path", r.URL.Path, "operation", r.Header.Get("X-Amz-Target"),
				"status", answer.status, "took", time.Since(began))
		}()
		next.ServeHTTP(answer, r)
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
