package scenarios

// Scenario is everything that decides a run, apart from the target and the clock it runs on. It is plain data, safe for
// concurrent reading. The zero value is completed by Complete: a zero field gets its documented default.
type Scenario struct {
	Version     int               // of the format: 1
	Name        string            // the library name, or the file's name without .yaml; not a key of the file
	Description string            // one sentence for lists and reports; may be empty
	Labels      map[string]string // carried into every result; may be nil
	Seed        uint64            // of everything random; default 1
	Duration    Duration          // of the load, warm-up included; default the longest load's phases, else 30s
	Warmup      Duration          // at the start of the load, left out of tables and objectives; default 0s
	Drain       Duration          // at most this long after the load until every record has arrived; default 15s more than the longest buffer
	Model       string            // what AWS does not document: ModelLocal (default) or ModelAWS
	Limits      Limits            // of the embedded services, where they are not to be AWS's; default AWS's
	Storage     Storage           // of the embedded target; default 1GiB of memory, 10GiB of disk, and then the oldest records go
	Pipeline    Pipeline
	Existing    Existing    // what of the pipeline is there already; default nothing
	Load        []Load      // offered at the same time; none: the pipeline is only made
	Reshards    []Reshard   // in any order
	Faults      []Fault     // in any order
	Objectives  []Objective // default: integrity.missing == 0
}

// Profiles of what the simulator has to invent because AWS does not document it.
const (
	ModelLocal = "local" // no service latency is added
	ModelAWS   = "aws"   // typical latencies
)
