package kinesis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// kept is a disk that outlives the process, in a directory.
func kept(t testing.TB, dir string) *Disk {
	t.Helper()
	j, err := journal.Open(dir, journal.Config{FileBytes: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDisk(DiskConfig{Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return d
}

// killed is a copy of a directory as it is now: what a process that is killed at this moment leaves.
func killed(t testing.TB, dir string) string {
	t.Helper()
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return left
}

// restarted is the service of a directory at an instant of another clock, with its stopping.
func restarted(t testing.TB, cfg Config, dir string, at time.Time) (*Service, *clock.Virtual) {
	t.Helper()
	c := clock.NewVirtual()
	c.RunUntil(at)
	t.Cleanup(c.Stop)
	cfg.Clock, cfg.Disk = c, kept(t, dir)
	return New(cfg), c
}

func mustCommit(t testing.TB, s *Service) {
	t.Helper()
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
}

// What a put has acknowledged is there after a kill, under the same numbers, and iterators go on.
func TestAKillLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	c := clock.NewVirtual()
	cfg := Config{Limits: generous(), MaxBytes: 200_000}
	first := cfg
	first.Clock, first.Disk = c, kept(t, dir)
	s := newStream(t, first, "s", 2)
	want := map[int32][]record.Record{}
	putSome := func(s *Service, c *clock.Virtual, from, n int) {
		t.Helper()
		for i := range n {
			c.RunUntil(c.Now().Add(100 * time.Millisecond))
			recs := numberedRecords(from+20*i, 20, 300)
			mustPut(t, s, c.Now(), recs)
			for _, r := range recs {
				want[r.Shard] = append(want[r.Shard], r)
			}
		}
	}
	putSome(s, c, 0, 50)
	halve(t, s, 0)
	putSome(s, c, 1000, 50)
	iterators := map[int32]string{}
	for shard := range int32(4) {
		id := ShardID(shard)
		iterators[shard] = iteratorAt(t, s, GetShardIteratorInput{ShardId: &id, ShardIteratorType: new("LATEST")})
	}
	if s.streams["s"].shards[1].inMemory() == 0 {
		t.Fatal("nothing has left memory")
	}
	for range 3 { // each time with what was added since
		dir = killed(t, dir)
		var later *clock.Virtual
		s, later = restarted(t, cfg, dir, c.Now())
		for shard, recs := range want {
			sameRecords(t, ShardID(shard), recs, readShard(t, s, c.Now(), shard, 0, 10_000))
		}
		had := map[int32]int{}
		for shard := range iterators {
			had[shard] = len(want[shard])
		}
		putSome(s, later, len(want)*10_000, 10)
		c.RunUntil(later.Now())
		for shard, it := range iterators {
			out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
			if err != nil {
				t.Fatal(err)
			}
			sameRecords(t, ShardID(shard)+" by an old iterator", want[shard][had[shard]:], out.Records)
			if shard == 0 && (len(out.ChildShards) != 2 || out.NextShardIterator != "") {
				t.Errorf("the closed shard ends with %+v", out)
			}
			iterators[shard] = out.NextShardIterator
			if shard == 0 {
				iterators[shard] = it
			}
		}
	}
}

// Nobody sees a record that a kill could still lose.
func TestRecordsAreReadableWhenTheyAreKept(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Limits: generous(), Disk: kept(t, t.TempDir())}, "s", 1)
	mustPut(t, s, c.Now(), numberedRecords(0, 3, 10))
	st, res := s.streams["s"], make([]Result, 2)
	st.mu.Lock()
	st.put(c.Now().UnixNano(), numberedRecords(3, 2, 10), res)
	upTo, err := s.journalPut(st)
	st.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	latest := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("LATEST")})
	if got := readShard(t, s, c.Now(), 0, 0, 10); len(got) != 3 {
		t.Errorf("%d records are readable before they are kept", len(got))
	}
	s.await(st, upTo, nil, res)
	if got := readShard(t, s, c.Now(), 0, 0, 10); len(got) != 5 {
		t.Errorf("%d records are readable after", len(got))
	}
	if out, err := s.GetRecords(GetRecordsInput{ShardIterator: &latest}); err != nil || len(out.Records) != 2 {
		t.Errorf("an iterator from before gives %+v, %v", out, err)
	}
}

// shown is everything that operations show of a service.
func shown(t *testing.T, s *Service) string {
	t.Helper()
	all := map[string]any{}
	add := func(name string, out any, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = out
	}
	list, err := s.ListStreams(ListStreamsInput{})
	add("streams", list, err)
	settings, err := s.DescribeAccountSettings(DescribeAccountSettingsInput{})
	add("account", settings, err)
	limits, err := s.DescribeLimits(DescribeLimitsInput{})
	add("limits", limits, err)
	channels, err := s.ListChannels(ListChannelsInput{})
	add("channels", channels, err)
	for _, ch := range channels.ChannelSummaries {
		out, err := s.DescribeChannel(ChannelInput{&ch.ChannelARN})
		add("channel "+ch.ChannelName, out, err)
		add("tags of "+ch.ChannelName, s.resources.tags(ch.ChannelARN), nil)
	}
	for _, name := range list.StreamNames {
		arn := s.StreamARN(name)
		d, err := s.DescribeStream(DescribeStreamInput{StreamName: &name})
		add("stream "+name, d, err)
		sum, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: &name})
		add("summary of "+name, sum, err)
		shards, err := s.ListShards(ListShardsInput{StreamName: &name})
		add("shards of "+name, shards, err)
		consumers, err := s.ListStreamConsumers(ListStreamConsumersInput{StreamARN: &arn})
		add("consumers of "+name, consumers, err)
		add("tags of "+name, s.resources.tags(arn), nil)
		add("policy of "+name, s.resources.policy(arn), nil)
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sameDocuments demands that two services have the same streams, and that nothing of a document is left out in all of them.
func sameDocuments(t *testing.T, s, again *Service) {
	t.Helper()
	set := map[string]bool{}
	for name, st := range s.streams {
		want, other := s.document(st), again.streams[name]
		if other == nil {
			t.Fatalf("stream %s is not there", name)
		}
		if diff := cmp.Diff(string(want), string(again.document(other))); diff != "" {
			t.Errorf("stream %s (-want +got):\n%s", name, diff)
		}
		var d streamDocument
		if err := json.Unmarshal(want, &d); err != nil {
			t.Fatal(err)
		}
		for _, part := range []any{d, d.Settings} {
			v := reflect.ValueOf(part)
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				set[name] = set[name] || !v.Field(i).IsZero()
			}
		}
	}
	for name, there := range set {
		if !there && name != "Floor" { // it is set where a longer retention period has come into force
			t.Errorf("no stream's document has %s: whether it is kept is not tried", name)
		}
	}
	if diff := cmp.Diff(string(s.placeDocument()), string(again.placeDocument())); diff != "" {
		t.Errorf("account and region (-want +got):\n%s", diff)
	}
}

// What a field of a model becomes after a restart is decided: it is in the document, or starts afresh for the reason given here.
func TestEveryFieldIsDecided(t *testing.T) {
	tests := []struct {
		model  any
		kept   string
		afresh map[string]string
	}{
		{
			stream{},
			"name created active owner settings changes due deleted gone shards open closed turn eras becomes reserved scalings switches " +
				"applied removed watched growing peaks consumers lastRemoved",
			map[string]string{
				"disk": "the service's", "awaits": "the disk's", "calls": "calls a second", "touched": "it was just read", "mu": "", "dropped": "it is there",
				"puts": "counts calls", "free": "memory", "readers": "they register", "busy": "traffic of a window",
				"woken": "scratch", "reached": "scratch", "waiting": "nothing waits", "runs": "scratch", "scratch": "scratch",
			},
		},
		{settings{}, "mode retention asked floor recordSize strategy encryption keyID monitored warm warmed", nil},
		{
			shard{},
			"id start end parents children started created closed log arrived readTo splitting",
			map[string]string{
				"records": "a bucket", "bytes": "a bucket", "reads": "a bucket", "out": "a bucket", "iterators": "a bucket",
				"subscriptions": "connections", "call": "of a put", "callSum": "of a put", "traffic": "of a window",
			},
		},
		{consumer{}, "name arn created active deleted gone", map[string]string{"pipes": "buckets and connections"}},
		{
			channel{},
			"name id arn stream streamARN streamCreated created active role format destination template encryption freshness before updated logs " +
				"deleted gone passed objects",
			map[string]string{"wake": "of its process"},
		},
	}
	for _, tt := range tests {
		of := reflect.TypeOf(tt.model)
		known := strings.Fields(tt.kept)
		for i := range of.NumField() {
			name := of.Field(i).Name
			if _, afresh := tt.afresh[name]; !afresh && !slices.Contains(known, name) {
				t.Errorf("%s.%s: is it in the document, or does it start afresh?", of.Name(), name)
			}
		}
		if len(known)+len(tt.afresh) != of.NumField() {
			t.Errorf("%s has %d fields, and %d are named", of.Name(), of.NumField(), len(known)+len(tt.afresh))
		}
	}
}

// Everything that an operation was told survives, and what is on its way comes true at its instant.
func TestWhatOperationsChangeIsKept(t *testing.T) {
	dir := t.TempDir()
	model := ModelAWS()
	model.ScaleDown = time.Hour
	cfg := Config{Model: model, Store: &shelf{}}
	c := clock.NewVirtual()
	t.Cleanup(c.Stop)
	first := cfg
	first.Clock, first.Disk = c, kept(t, dir)
	s := New(first)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	onDemand := &StreamModeDetails{StreamMode: new(ModeOnDemand)}
	_, err := s.UpdateAccountSettings(UpdateAccountSettingsInput{&MinimumThroughputBillingCommitmentInput{new(commitmentEnabled)}})
	must(err)
	must(s.CreateStream(CreateStreamInput{StreamName: new("p"), ShardCount: new(int32(3)), Tags: map[string]string{"team": "web"}}))
	for _, name := range []string{"s", "auto", "gone", "secret"} {
		must(s.CreateStream(CreateStreamInput{StreamName: &name, StreamModeDetails: onDemand}))
	}
	c.RunUntil(c.Now().Add(time.Minute))
	arn := func(name string) *string { return new(s.StreamARN(name)) }
	must(s.PutResourcePolicy(PutResourcePolicyInput{arn("p"), new(`{"Version": "2012-10-17"}`)}))
	must(s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("p"), RetentionPeriodHours: new(int32(48))}))
	_, err = s.EnableEnhancedMonitoring(EnhancedMonitoringInput{StreamName: new("p"), ShardLevelMetrics: []string{"IncomingBytes"}})
	must(err)
	_, err = s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: arn("p"), ConsumerName: new("c"), Tags: map[string]string{"a": "b"}})
	must(err)
	must(s.UpdateStreamRecordDistributionStrategy(UpdateStreamRecordDistributionStrategyInput{arn("auto"), new(autoDistribution)}))
	_, err = s.CreateChannel(channelTo("clicks"))
	must(err)
	must(s.StartStreamEncryption(StartStreamEncryptionInput{StreamName: new("s"), EncryptionType: new(encryptionKMS), KeyId: new("alias/k")}))
	_, err = s.UpdateStreamWarmThroughput(UpdateStreamWarmThroughputInput{StreamName: new("auto"), WarmThroughputMiBps: new(int32(10))})
	must(err)
	must(s.StartStreamEncryption(StartStreamEncryptionInput{StreamName: new("secret"), EncryptionType: new(encryptionKMS), KeyId: new("alias/k")}))
	_, err = s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: arn("p"), ConsumerName: new("removed")})
	must(err)
	c.RunUntil(c.Now().Add(10 * time.Second))
	must(s.Put(c.Now(), "auto", numberedRecords(0, 3, 10), make([]Result, 3)))
	must(s.StopStreamEncryption(StopStreamEncryptionInput{StreamName: new("secret"), EncryptionType: new(encryptionKMS), KeyId: new("alias/k")}))
	must(s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{StreamARN: arn("p"), ConsumerName: new("removed")}))
	c.RunUntil(c.Now().Add(2 * time.Minute)) // the window of what was put is over
	must(s.DeleteStream(DeleteStreamInput{StreamName: new("gone")}))
	_, err = s.UpdateShardCount(UpdateShardCountInput{StreamName: new("p"), TargetShardCount: new(int32(5)), ScalingType: new("UNIFORM_SCALING")})
	must(err)
	must(s.UpdateMaxRecordSize(UpdateMaxRecordSizeInput{StreamARN: arn("s"), MaxRecordSizeInKiB: new(int32(2048))}))
	must(s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: arn("secret"), StreamModeDetails: &StreamModeDetails{StreamMode: new(ModeProvisioned)}}))
	_, err = s.UpdateStreamWarmThroughput(UpdateStreamWarmThroughputInput{StreamName: new("auto"), WarmThroughputMiBps: new(int32(20))})
	must(err)
	mustCommit(t, s)
	left := killed(t, dir)
	again, _ := restarted(t, cfg, killed(t, left), c.Now())
	sameDocuments(t, s, again)

	for _, wait := range []time.Duration{0, time.Second, 20 * time.Second, 2 * time.Minute, 2 * time.Minute, 6 * time.Minute, 60 * time.Hour} {
		at := c.Now().Add(wait)
		c.RunUntil(at)
		again, _ := restarted(t, cfg, killed(t, left), at)
		if diff := cmp.Diff(shown(t, s), shown(t, again)); diff != "" {
			t.Fatalf("at %v (-without a kill +after it):\n%s", at.Sub(clock.Epoch), diff)
		}
	}
}

// Each kind of change that is on its way is the same again.
func TestChangesAreKept(t *testing.T) {
	st := &stream{}
	st.settings.Store(&settings{})
	st.addShards(2, (&Service{}).limitsOf(0), 0)
	changes := []change{
		reshape{to: ranges{{}, {Hi: 1 << 63, Lo: 5}}, last: true},
		growth{st.shards},
		encrypt{encryptionKMS, "alias/k"},
		retain{time.Hour},
		resize{1 << 20},
		modeSwitch{ModeOnDemand, 5},
		warmUp{7},
		warmUp{0},
		review{},
	}
	for _, c := range changes {
		var back changeDocument
		if err := json.Unmarshal(mustJSON(documentOf(pending{clock.Epoch, true, c})), &back); err != nil {
			t.Fatal(err)
		}
		got := back.change(st)
		if g, ok := got.(growth); ok {
			if len(g.shards) != 2 || g.shards[1] != st.shards[1] {
				t.Errorf("the growth is of %v", g.shards)
			}
			continue
		}
		if diff := cmp.Diff(c, got, cmp.AllowUnexported(reshape{}, encrypt{}, retain{}, resize{}, modeSwitch{}, warmUp{})); diff != "" {
			t.Errorf("%T (-want +got):\n%s", c, diff)
		}
	}
}

// A shard goes on with its numbers when all its records have expired and their files are gone.
func TestNumbersGoOnWithoutRecords(t *testing.T) {
	dir := t.TempDir()
	c := clock.NewVirtual()
	cfg := Config{Limits: generous()}
	first := cfg
	first.Clock, first.Disk = c, kept(t, dir)
	s := newStream(t, first, "s", 1)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("other"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s)
	for i := range 40 {
		mustPut(t, s, c.Now(), numberedRecords(10*i, 10, 300))
	}
	c.RunUntil(clock.Epoch.Add(25 * time.Hour))
	if got := readShard(t, s, c.Now(), 0, 0, 10); len(got) != 0 {
		t.Fatalf("%d records are left", len(got))
	}
	if err := s.Put(c.Now(), "other", numberedRecords(0, 1, 10), make([]Result, 1)); err != nil { // its commit removes what is dead
		t.Fatal(err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*.journal")); len(names) != 1 {
		t.Errorf("the files %v are left", names)
	}
	s, c = restarted(t, cfg, killed(t, dir), c.Now())
	recs := numberedRecords(400, 1, 10)
	mustPut(t, s, c.Now(), recs)
	if recs[0].Seq != 400 {
		t.Errorf("the next record has the position %d, want 400", recs[0].Seq)
	}
	if got := readShard(t, s, c.Now(), 0, 0, 10); len(got) != 1 {
		t.Errorf("%d records are readable", len(got))
	}
}

// A deleted stream does not come back, nor do its records in one of the same name.
func TestADeletedStreamStaysAway(t *testing.T) {
	dir := t.TempDir()
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Disk: kept(t, dir)}, "s", 1)
	mustPut(t, s, c.Now(), numberedRecords(0, 10, 300))
	if err := s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: map[string]string{"a": "b"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s)
	gone, _ := restarted(t, Config{}, killed(t, dir), c.Now())
	if _, err := gone.Shards("s"); err == nil {
		t.Error("the stream is there again")
	}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s)
	if n := len(s.disk.journal.Documents()); n != 2 { // of the new stream, and of the account and region
		t.Errorf("%d documents are kept", n)
	}
	again, _ := restarted(t, Config{}, killed(t, dir), c.Now())
	if got := readShard(t, again, c.Now(), 0, 0, 10); len(got) != 0 || len(again.resources.tags(again.StreamARN("s"))) != 0 {
		t.Errorf("the new stream has %d records and the tags %v", len(got), again.resources.tags(again.StreamARN("s")))
	}
}

// What cannot be kept is not acknowledged.
func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	d := kept(t, t.TempDir())
	s := newStream(t, Config{Disk: d}, "s", 1)
	mustPut(t, s, clock.Epoch, numberedRecords(0, 3, 10))
	if err := d.journal.Close(); err != nil {
		t.Fatal(err)
	}
	res := make([]Result, 2)
	if err := s.Put(clock.Epoch, "s", numberedRecords(3, 2, 10), res); err != nil || res[0].Limit != LimitInternal || res[1].Limit != LimitInternal {
		t.Errorf("a put is answered %v, %v", res, err)
	}
	_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("x"), PartitionKey: new("k")})
	wantCode(t, err, "InternalFailureException")
	if err := s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.Commit(), "InternalFailureException")
}

// A channel goes on behind what it delivered before the kill.
func TestAChannelGoesOn(t *testing.T) {
	dir := t.TempDir()
	to := &shelf{}
	cfg := Config{Store: to}
	first := cfg
	first.Disk = kept(t, dir)
	s, c := newOnDemand(t, first)
	t.Cleanup(c.Stop)
	mustChannel(t, s, channelTo("clicks"))
	putsAt(t, s, c, 10*time.Second, 20*time.Second)
	c.RunUntil(clock.Epoch.Add(6 * time.Minute))
	wantObjects(t, to, "310 [1 2]")
	mustCommit(t, s)
	put(t, s, "3")
	to.objects = nil
	_, c = restarted(t, cfg, killed(t, dir), c.Now())
	c.RunUntil(clock.Epoch.Add(12 * time.Minute))
	wantObjects(t, to, "660 [3]")
}

// At the cap on disk the oldest records go, with their files, and do not come back.
func TestAFullDirectory(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir, journal.Config{MaxBytes: 300_000, FileBytes: 30_000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	d, err := NewDisk(DiskConfig{Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{}
	s := newStream(t, Config{Disk: d, Observer: w, Limits: generous(), MaxBytes: 50_000}, "s", 1)
	for i := range 100 {
		mustPut(t, s, clock.Epoch, numberedRecords(10*i, 10, 1000))
	}
	got := readShard(t, s, clock.Epoch, 0, 0, 10_000)
	if w.trimmed == 0 || len(got) != 1000-w.trimmed || got[len(got)-1].Seq != 999 || j.Bytes() > 300_000 {
		t.Errorf("%d trimmed, %d left, %d bytes", w.trimmed, len(got), j.Bytes())
	}
	again, _ := restarted(t, Config{}, killed(t, dir), clock.Epoch)
	back := readShard(t, again, clock.Epoch, 0, 0, 10_000)
	sameRecords(t, "after a kill", got, back[max(0, len(back)-len(got)):])
	if len(back) > len(got)+30 {
		t.Errorf("%d records came back", len(back)-len(got))
	}
}

// Wherever in the last write the process ends, what was acknowledged before it is there: a document that comes with records must not
// speak of those.
func TestATornEndLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	c := clock.NewVirtual()
	j, err := journal.Open(dir, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	d, err := NewDisk(DiskConfig{Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	s := newStream(t, Config{Clock: c, Disk: d, Limits: generous()}, "s", 1)
	acknowledged := map[int64]uint64{} // records by the bytes that were written by then
	path := filepath.Join(dir, "00000001.journal")
	for i := range 6 {
		if i%2 == 1 { // the next put's records come behind a new document
			in := UpdateMaxRecordSizeInput{StreamARN: new(s.StreamARN("s")), MaxRecordSizeInKiB: new(int32(1024 + i))}
			if err := s.UpdateMaxRecordSize(in); err != nil {
				t.Fatal(err)
			}
		}
		mustPut(t, s, c.Now(), numberedRecords(5*i, 5, 20))
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged[st.Size()] = uint64(5 * (i + 1))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut, want := t.TempDir(), uint64(0)
	for n := int64(1); n <= int64(len(whole)); n++ {
		more, boundary := acknowledged[n]
		want = max(want, more)
		if !boundary && n%7 != 0 || want == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(cut, "00000001.journal"), whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(cut, journal.Config{})
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		d, err := NewDisk(DiskConfig{Journal: j})
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		again := New(Config{Clock: clock.NewVirtual(), Disk: d})
		got := readShard(t, again, clock.Epoch, 0, 0, 1000)
		if uint64(len(got)) < want || got[0].Seq != 0 {
			t.Fatalf("cut to %d bytes there are %d records of %d", n, len(got), want)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Of a shard's blocks that are found those count that reach from the first position of the document, without a gap, to the next.
func TestBlocksThatWereGivenUpStayAway(t *testing.T) {
	d := kept(t, t.TempDir())
	block := func(first uint64, n int) journal.Ref {
		recs := numberedRecords(0, n, 10)
		for i := range recs {
			recs[i].Seq = first + uint64(i)
		}
		ref, _, err := d.journal.AppendRecords(1, 0, recs)
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	blocks := []journal.Ref{block(0, 5), block(5, 5), block(20, 5), block(25, 5)}
	tests := []struct {
		name        string
		first, next uint64 // of the document
		found       []journal.Ref
		wantFirst   uint64
		wantNext    uint64
	}{
		{"all", 0, 5, blocks[:2], 0, 10},
		{"newer than the document", 0, 0, blocks[:2], 0, 10},
		{"the beginning of the first is given up", 2, 10, blocks[:2], 2, 10},
		{"the first is given up", 5, 10, blocks[:2], 5, 10},
		{"those before a gap", 0, 5, blocks, 20, 30},
		{"all are given up", 30, 30, blocks, 30, 30},
		{"the last are gone", 0, 40, blocks, 40, 40},
		{"there are none", 3, 7, nil, 7, 7},
	}
	for _, tt := range tests {
		s := New(Config{Clock: clock.NewVirtual()})
		st := &stream{disk: d, awaits: true}
		st.settings.Store(&settings{})
		s.restoreShard(st, &shardDocument{First: tt.first, Next: tt.next}, tt.found, 0)
		sh := st.shards[0]
		if sh.first != tt.wantFirst || sh.next != tt.wantNext || sh.tip() != tt.wantNext {
			t.Errorf("%s: from %d to %d, %d readable, want %d to %d", tt.name, sh.first, sh.next, sh.tip(), tt.wantFirst, tt.wantNext)
		}
		if n := len(sh.blocks) + len(st.free.blocks); n != len(tt.found) {
			t.Errorf("%s: %d blocks are held or given up of %d", tt.name, n, len(tt.found))
		}
	}
}
