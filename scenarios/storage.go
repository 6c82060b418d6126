package scenarios

// Storage says where the embedded target keeps the records of its streams, and what it does where there is no more room.
// The zero value of each field is its default. Other targets keep records in their own way, and note that they do.
type Storage struct {
	Memory Bytes  // that records take, at most; others are read from disk. Default 1GiB
	Disk   Bytes  // that they take in temporary files, at most; default 10GiB
	Full   string // FullTrim (default), FullRefuse or FullFail
}

// What is done where neither has room.
const (
	FullTrim   = "trim"   // the oldest records go, and the report says how many were not read
	FullRefuse = "refuse" // what is put is refused, with InternalFailure
	FullFail   = "fail"   // the run ends, and is invalid
)

// leastStorage is as little memory or disk as can be given: below it a put would often not find room for itself.
const leastStorage = MiB

var storageShape = shape[Storage]{
	name: "storage",
	doc:  "Where the embedded target keeps the records of its streams, and what it does where there is no more room. Other targets keep them in their own way.",
	keys: []key[Storage]{
		row("memory", size(leastStorage, mostStorage, 1), func(s *Storage) *Bytes { return &s.Memory },
			"Memory that records take, at most; what does not fit goes to disk.", byDefault("1GiB")),
		row("disk", size(leastStorage, mostStorage, 1), func(s *Storage) *Bytes { return &s.Disk },
			"Disk space that they take in unlinked temporary files, at most.", byDefault("10GiB")),
		row("full", oneOf([]string{FullTrim, FullRefuse, FullFail}), func(s *Storage) *string { return &s.Full },
			"What is done when that is reached: trim the oldest records, refuse puts, or fail the run.", byDefault(FullTrim)),
	},
}

const mostStorage = 65_536 * GiB
