package aws

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/scenarios"
)

// theirs is what is in a bucket that is there already and is not the run's: years of objects, which are neither listed
// again and again nor read, and none of which is deleted. The zero value is a bucket with nothing of the kind.
type theirs struct {
	there  bool
	prefix string    // below which the delivery streams deliver
	after  string    // the greatest key that no object of the run has; "" is none
	before time.Time // what was stored earlier is not of the run
}

// clockMargin is how far this machine's clock may be ahead of S3's. Reading an object that is somebody's costs a request
// and does no harm: its records are known not to be ours.
const clockMargin = time.Minute

// newTheirs bounds the objects of a run that begins now. Where the prefix has no expression of its own, Firehose puts
// yyyy/MM/dd/HH/ behind it, in UTC or in a time zone that is up to 14 hours off. AWS, "Understand custom prefixes for
// Amazon S3 objects".
func newTheirs(to scenarios.S3Destination, now time.Time) theirs {
	b := theirs{there: true, prefix: staticPrefix(to.Prefix), before: now.Add(-clockMargin)}
	if b.prefix == to.Prefix {
		b.after = b.prefix + now.UTC().AddDate(0, 0, -1).Format("2006/01/02/")
	}
	return b
}

// narrow lists only where objects of the run may be.
func (b theirs) narrow(in *s3.ListObjectsV2Input) {
	if b.prefix != "" {
		in.Prefix = aws.String(b.prefix)
	}
	if b.after != "" {
		in.StartAfter = aws.String(b.after)
	}
}

// old tells that an object was there before the run.
func (b theirs) old(o *types.Object) bool {
	return b.there && o.LastModified != nil && o.LastModified.Before(b.before)
}

// bucketWatches are the watches of all delivery streams into S3: one for each bucket that is made, and one for each prefix in a
// bucket that is there already.
func (t *Target) bucketWatches(s *scenarios.Scenario) []*bucketWatch {
	type place struct{ bucket, prefix string }
	watches := map[place]*bucketWatch{}
	var list []*bucketWatch
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if s.Pipeline.DeliveryStreams[name].HTTP != nil {
			continue // its bucket is that of a backup
		}
		to := s.Pipeline.DeliveryStreams[name].S3
		at, of := place{bucket: to.Bucket}, theirs{}
		if t.there(kindDeliveryStream, name) {
			of = newTheirs(to, t.config.Clock.Now())
			at.prefix = to.Prefix
		}
		if watches[at] == nil {
			watches[at] = &bucketWatch{target: t, bucket: to.Bucket, theirs: of, seen: map[string]bool{}}
			list = append(list, watches[at])
		}
		watches[at].names = append(watches[at].names, name)
	}
	return list
}
