package scenarios

var reshardShape = shape[Reshard]{
	name: "reshard",
	doc:  "A call of UpdateShardCount while the load goes on. A stream takes ten in 24 hours.",
	keys: []key[Reshard]{
		row("at", duration(0, longest), func(r *Reshard) *Duration { return &r.At },
			"When it is called, since the start of the load.", required),
		row("stream", named(streamNames), func(r *Reshard) *string { return &r.Stream },
			"The stream: a PROVISIONED one that is made for the run.", required),
		row("shardCount", integer(1, mostShards), func(r *Reshard) *int { return &r.ShardCount },
			"Open shards that it is to have: from half to double of those it has.", required),
	},
}
