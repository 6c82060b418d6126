// Package kcl has github.com/vmware/vmware-go-kcl-v2 read the streams of a tank.
package kcl

import (
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/sirupsen/logrus"
	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/checkpoint"
	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/config"
	kcl "github.com/vmware/vmware-go-kcl-v2/clientlibrary/interfaces"
	kclworker "github.com/vmware/vmware-go-kcl-v2/clientlibrary/worker"
	"github.com/vmware/vmware-go-kcl-v2/logger"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

func init() { logrus.SetOutput(io.Discard) } // the library says some things to the global logger whatever its own is

// worker is a worker of the application, with the library's own checkpointer on the table in memory.
type worker struct {
	*kclworker.Worker
	table    *dynamo
	shutdown [4]atomic.Int64 // how often a processor was told to end, by the reason

	mu    sync.Mutex
	begun map[string]int // by shard, how many processors it was given to
}

func (w *worker) readers(shard string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun[shard]
}

type change func(*config.KinesisClientLibConfiguration)

// start starts a worker that looks for shards every second, which is once a minute by itself, and hands records to handle. A handler
// that has returned has handled: the checkpoint is written then.
func start(
	t testing.TB, tank *tanktest.Tank, table *leases, name string, handle func(shard string, data []byte) error, changes ...change,
) *worker {
	t.Helper()
	silent := logrus.New()
	silent.SetOutput(io.Discard)
	c := config.NewKinesisClientLibConfig("readers", "orders", tanktest.Region, name).
		WithInitialPositionInStream(config.TRIM_HORIZON).WithShardSyncIntervalMillis(1000).WithLogger(logger.NewLogrusLogger(silent))
	for _, change := range changes {
		change(c)
	}
	w := &worker{table: &dynamo{leases: table}, begun: map[string]int{}}
	w.Worker = kclworker.NewWorker(factory(func() kcl.IRecordProcessor { return &processor{t: t, worker: w, handle: handle} }), c).
		WithKinesis(kinesis.NewFromConfig(tank.Config())).
		WithCheckpointer(checkpoint.NewDynamoCheckpoint(c).WithDynamoDB(w.table))
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

// seldom has a worker look for shards every ten seconds, where a test is long.
func seldom(c *config.KinesisClientLibConfiguration) { c.WithShardSyncIntervalMillis(10_000) }

// into is a handler that notes what comes in a book.
func into(book *suite.Book) func(string, []byte) error {
	return func(_ string, data []byte) error { return book.Add(data) }
}

type factory func() kcl.IRecordProcessor

func (f factory) CreateProcessor() kcl.IRecordProcessor { return f() }

// processor reads one shard.
type processor struct {
	t      testing.TB
	worker *worker
	handle func(shard string, data []byte) error
	shard  string
}

func (p *processor) Initialize(in *kcl.InitializationInput) {
	p.shard = in.ShardId
	p.worker.mu.Lock()
	defer p.worker.mu.Unlock()
	p.worker.begun[p.shard]++
}

func (p *processor) ProcessRecords(in *kcl.ProcessRecordsInput) {
	for _, r := range in.Records {
		if err := p.handle(p.shard, r.Data); err != nil {
			p.t.Error(err)
		}
	}
	// Without the table it cannot be written: another worker reads these records again.
	_ = in.Checkpointer.Checkpoint(in.Records[len(in.Records)-1].SequenceNumber)
}

func (p *processor) Shutdown(in *kcl.ShutdownInput) {
	p.worker.shutdown[in.ShutdownReason].Add(1)
	if in.ShutdownReason == kcl.TERMINATE {
		_ = in.Checkpointer.Checkpoint(nil)
	}
}
