package kinesis

import "time"

// settings are what operations may change of a stream, as it is in force. They are replaced and never changed, so that
// a put reads them without the stream's lock.
type settings struct {
	mode       string
	retention  time.Duration
	recordSize int64    // bytes of data and key of one record, at most
	strategy   string   // of record distribution
	encryption string   // NONE or KMS
	keyID      string   // of KMS
	monitored  []string // shard-level metrics, in the order of AWS's enumeration
	warm       int32    // MiB/s of warm throughput that is asked for; 0: none
}

const (
	minRetention = 24 * time.Hour   // also what a new stream has (API reference, IncreaseStreamRetentionPeriod)
	maxRetention = 8760 * time.Hour // 365 days

	userPartitionKey = "USER_PARTITION_KEY"
	encryptionNone   = "NONE"
)

// set puts settings in force. The caller holds the stream's lock.
func (st *stream) set(change func(*settings)) {
	next := *st.settings.Load()
	change(&next)
	st.settings.Store(&next)
}

// horizon is the instant, in unix nanoseconds, before which nothing is kept.
func (st *stream) horizon(now int64) int64 { return now - int64(st.settings.Load().retention) }
