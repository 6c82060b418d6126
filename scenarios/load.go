package scenarios

// Load is one stream of records offered to the pipeline, open-loop: a record is due when the schedule says so, whatever
// the target does.
type Load struct {
	Stream         string    // where the records go: this
	DeliveryStream string    // or this, by Direct PUT
	Generator      Generator // what the records are
	PartitionKey   string    // which member of a record is its partition key; default the generator's own
	Rate           Rate      // when the records are due: this, for the scenario's duration
	Phases         []Phase   // or these, one after another
	Arrivals       Arrivals  // how they are spread around the rate; default constant
	Lanes          int       // independent sequences the records are drawn in; default 4
	Batch          Batch
	Retry          Retry
}

// Target is the name of the stream or delivery stream the load is offered to.
func (l *Load) Target() string { return l.Stream + l.DeliveryStream }

// Batch is how records are gathered into requests. A request leaves when it is full or when its first record has waited
// for the linger.
type Batch struct {
	Records  int      // of a request, at most; default 500
	Linger   Duration // default 20ms
	Timeout  Duration // of an attempt; default 5s
	InFlight int      // requests at once, at most; default 256
	// Aggregate gathers records into those of the stream in the KPL's format, before these are gathered into requests; nil
	// puts each record of the load as one of the stream.
	Aggregate *Aggregate
}

// How records are aggregated.
const (
	ByShard = "shard" // those that go to the same shard by the producer's map of the shards, as the KPL does
	ByKey   = "key"   // those with the same partition key
)

// Aggregate is how records of the load, which are user records then, are gathered into records of the stream. One is closed
// when it is full or when its first user record has waited for the buffered time.
type Aggregate struct {
	Size            Bytes    // of one's data, at most: the KPL's AggregationMaxSize; default 50KiB
	Count           int      // user records of one, at most: the KPL's AggregationMaxCount; default 4294967295
	By              string   // ByShard (default) or ByKey
	MaxBufferedTime Duration // the KPL's RecordMaxBufferedTime; default 100ms
}

// Retry is the runner's own policy for records that a target refused; the SDK's retries are off.
type Retry struct {
	Attempts int      // in all; default 3, 1 is no retry
	Backoff  Duration // before the second attempt; it doubles from one to the next. Default 100ms
}

// Generator is what the records of a load are: exactly one of the kinds is set.
type Generator struct {
	Clickstream *Clickstream
	Sensor      *Sensor
	Transaction *Transaction
	Template    *Template

	// Compression of each record's payload: generators.Gzip or Zstd; "" is none. Sizes are those before it.
	Compression string
}

// Clickstream makes web sessions: landing, views, cart, checkout, with think times.
type Clickstream struct {
	Users     int    // default 10000
	Skew      string // of the users: uniform (default), zipf(1.1), hot(0.6), hot(0.6, 3)
	Size      Size
	Products  int      // in the shop; default 1000
	ThinkTime Duration // mean time between two events of a session; default 5s
}

// Sensor makes measurements that drift, drop out and spike.
type Sensor struct {
	Sensors int    // default 1000
	Skew    string // of the sensors: uniform (default), zipf(1.1), hot(0.6), hot(0.6, 3)
	Size    Size
	Dropout Share // of the time that a sensor is silent; default 1%
	Spikes  Share // of the readings that are far off; default 0.1%
}

// Transaction makes payments between accounts whose balances stay consistent.
type Transaction struct {
	Accounts int    // default 10000
	Skew     string // of the accounts: uniform (default), zipf(1.1), hot(0.6), hot(0.6, 3)
	Size     Size
	Fraud    Share // of the transactions that follow a fraud pattern; default 0.1%
}

// Template makes records from a user's own file: a line of JSON each (JSONL), or a template. The payload is left
// untouched.
type Template struct {
	File string // as written: relative to the scenario's own folder
	Data []byte // the file's content; nil where it could not be read but was pinned by SHA256
	// SHA256 is the content's digest in hexadecimal. Loading fills it in; where a file states it, other content is refused.
	SHA256 string
}

// Size is a log-normal distribution of record sizes, told by two percentiles. The zero value leaves the generator's
// natural sizes.
type Size struct{ P50, P99 Bytes }

// Kinds of arrivals.
const (
	Constant = "constant" // evenly spaced
	Poisson  = "poisson"  // independent of each other
	Bursty   = "bursty"   // in clumps
	Aligned  = "aligned"  // all at the full mark of a period
)

// Arrivals is how records are spread around the rate.
type Arrivals struct {
	Kind       string   // default Constant
	Dispersion float64  // of Bursty: the variance of counts over their mean; default 10
	Period     Duration // of Aligned; default 1m
}
