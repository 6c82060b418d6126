package runner

import "github.com/wavetank/wavetank/internal/target"

// perUser is the job user record by user record: the ledger, latencies and keys know these alone. Where the load does not
// aggregate it is the job itself. What became of an entry became of each user record in it.
func (j *job) perUser() *job {
	if j.req.Users == nil {
		return j
	}
	v := j.view
	if v == nil {
		v = &job{batch: j.batch, attempt: j.attempt}
		for _, users := range j.req.Users {
			v.req.Entries = append(v.req.Entries, users...)
		}
		j.view = v
	}
	v.req.Began, v.req.Ended = j.req.Began, j.req.Ended
	v.leave, v.departure = j.leave, j.departure
	v.marks, v.fates, v.req.Outcomes = v.marks[:0], v.fates[:0], v.req.Outcomes[:0]
	for i, users := range j.req.Users {
		for range users {
			v.marks, v.fates = append(v.marks, j.marks[i]), append(v.fates, j.fates[i])
			if len(j.req.Outcomes) > 0 {
				v.req.Outcomes = append(v.req.Outcomes, j.req.Outcomes[i])
			}
		}
	}
	return v
}

// entry adds an entry of another job, with what is known of it.
func (j *job) entry(of *job, i int, m mark) {
	j.req.Entries = append(j.req.Entries, of.req.Entries[i])
	j.marks = append(j.marks, m)
	if of.req.Users != nil {
		j.req.Users = append(j.req.Users, of.req.Users[i])
		j.predicted = append(j.predicted, of.predicted[i])
	}
}

// misled are the shards that the producer's map said of entries which were stored in others.
func (j *job) misled() (wrong []int32) {
	for i, shard := range j.predicted {
		if o := &j.req.Outcomes[i]; shard >= 0 && o.Status == target.Acked && o.Shard >= 0 && o.Shard != shard {
			wrong = append(wrong, shard)
		}
	}
	return wrong
}
