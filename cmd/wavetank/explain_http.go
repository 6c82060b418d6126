package main

import (
	"fmt"
	"slices"

	"github.com/wavetank/wavetank/scenarios"
)

// destination is where the delivery stream delivers to.
func (d *deliveryPlan) destination() string {
	if d.spec.HTTP != nil {
		return "the run's own HTTP receiver"
	}
	return "s3://" + d.spec.S3.Bucket + "/" + d.spec.S3.Prefix
}

// describeReceiver says how the receiver of an HTTP endpoint behaves, what becomes of what it refuses, and warns where
// requests come faster than they are taken: those of a buffer go one after another.
func (d *deliveryPlan) describeReceiver(out *page) {
	h := d.spec.HTTP
	if h == nil {
		return
	}
	takes, also := requestTakes(h), ""
	if h.Model.Errors > 0 {
		also = ": a request takes " + sayTime(takes) + " on average, its retries included"
	}
	out.row("receiver", "answers in %s, refuses %s%s", durationWords(h.Model.Duration), h.Model.Errors, also)
	backup := "what fails for longer"
	if h.S3BackupMode == scenarios.AllData {
		backup = "all records, and what fails for longer"
	}
	out.row("retries", "for %s; %s: s3://%s/%s", h.RetryOptions.Duration, backup, d.spec.S3.Bucket, d.spec.S3.Prefix)
	if every := d.busiest(); takes > every {
		out.warn("A request takes %s, and the next one comes after %s: those of a buffer go one after another, so the lag grows without end.",
			sayTime(takes), sayTime(every))
	}
}

// durationWords are the percentiles of a distribution.
func durationWords(v scenarios.Distribution) string {
	if v.Constant() {
		return v.P50.String()
	}
	return fmt.Sprintf("%s (p50) to %s (p99)", v.P50, v.P99)
}

// sourceReads is how often a second a shard of the source is read: twice with a backup of all data.
func sourceReads(d scenarios.DeliveryStream) float64 {
	if d.HTTP != nil && d.HTTP.S3BackupMode == scenarios.AllData {
		return 2
	}
	return 1
}

// puts is how many objects a second are put into S3. The backup of what an endpoint did not take is left out: how much that is
// depends on how long the failures last.
func (d *deliveryPlan) puts() float64 {
	buffers := d.buffers
	if h := d.spec.HTTP; h != nil {
		if h.S3BackupMode != scenarios.AllData {
			return 0
		}
		buffers = slices.Clone(buffers)
		for i := range buffers {
			buffers[i].hint, buffers[i].most = d.spec.S3.BufferingHints, request{}
		}
	}
	rate, _ := objects(buffers)
	return rate
}
