package kinesis

import "time"

// settings are what operations may change of a stream, as it is in force. They are replaced and never changed, so that
// a put reads them without the stream's lock.
type settings struct {
	mode       string
	retention  time.Duration // at which records are trimmed
	asked      time.Duration // the retention period that was asked for last and is shown; retention follows it
	floor      int64         // unix nanoseconds; what arrived before had gone when the retention period grew
	recordSize int64         // bytes of data and key of one record, at most
	strategy   string        // of record distribution
	encryption string        // NONE or KMS
	keyID      string        // of KMS
	monitored  []string      // shard-level metrics, in the order of AWS's enumeration
	warm       int32         // MiB/s of warm throughput that is asked for; 0: none
	warmed     int32         // MiB/s of warm throughput that is there
}

const (
	minRetention = 24 * time.Hour   // also what a new stream has (API reference, IncreaseStreamRetentionPeriod)
	maxRetention = 8760 * time.Hour // 365 days

	userPartitionKey = "USER_PARTITION_KEY"
	autoDistribution = "AUTO"
	encryptionNone   = "NONE"
	encryptionKMS    = "KMS"
)

// set puts settings in force. The caller holds the stream's lock.
func (st *stream) set(change func(*settings)) {
	next := *st.settings.Load()
	change(&next)
	st.settings.Store(&next)
	st.touched.Store(true)
}

// horizon is the instant, in unix nanoseconds, before which nothing is kept.
func (st *stream) horizon(now int64) int64 {
	set := st.settings.Load()
	return max(now-int64(set.retention), set.floor)
}

// auto tells whether the service chooses the shard of each record.
func (set *settings) auto() bool { return set.strategy == autoDistribution && set.mode == ModeOnDemand }
