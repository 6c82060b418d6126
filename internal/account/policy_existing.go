package account

// grantsOfExisting are what a run needs of that which is there already: it is looked at and read, and put to where the
// scenario allows writes. Objects are those of the bucket, the log group is a function's own.
var grantsOfExisting = []struct {
	grant
	written bool // only where writes are allowed
}{
	{grant{setLoad, "ReadExistingStreams", []string{
		"kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards",
	}, kind(Stream)}, false},
	{grant{setLoad, "PutToExistingStreams", []string{"kinesis:PutRecords"}, kind(Stream)}, true},
	{grant{setLoad, "LookAtExistingDeliveryStreams", []string{"firehose:DescribeDeliveryStream"}, kind(DeliveryStream)}, false},
	{grant{setLoad, "PutToExistingDeliveryStreams", []string{"firehose:PutRecordBatch"}, kind(DeliveryStream)}, true},
	{grant{setLoad, "ListExistingBuckets", []string{"s3:ListBucket"}, kind(Bucket)}, false},
	{grant{setLoad, "ReadExistingObjects", []string{"s3:GetObject"}, []string{object}}, false},
	{grant{setLoad, "LookAtExistingFunctions", []string{"lambda:GetFunctionConfiguration"}, kind(Function)}, false},
	{grant{setTold, "ReadExistingLogs", []string{"logs:FilterLogEvents"}, kind(LogGroup)}, false},
}

// existingStatements are the statements of grantsOfExisting for what a scenario names, each by its own ARN.
func existingStatements(s PolicyScope) (list []Statement) {
	all := existingOf(s.Scenario, "", "")
	for _, g := range grantsOfExisting {
		st := Statement{Sid: g.sid, Effect: "Allow", Action: g.actions}
		for _, x := range all {
			if on := kindOn(g.on[0]); x.Kind == on && (x.Written || !g.written) {
				st.Resource = append(st.Resource, arnsNamed(s, x.Name)[g.on[0]])
			}
		}
		if len(st.Resource) > 0 {
			list = append(list, st)
		}
	}
	return list
}

// kindOn is the kind of what a grant is on: an object is in a bucket, a log group is a function's.
func kindOn(on string) Kind {
	switch on {
	case object:
		return Bucket
	case string(LogGroup):
		return Function
	}
	return Kind(on)
}
