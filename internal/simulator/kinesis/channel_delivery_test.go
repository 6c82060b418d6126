package kinesis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shelf is a store that keeps what it is given.
type shelf struct {
	objects []shelved
	refuse  int // so many objects from now on
	refused int
}

type shelved struct {
	at                              time.Duration // since the clock's beginning
	bucket, key, compression, class string
	bodies                          []string
}

func (s *shelf) PutRecordsAs(now time.Time, bucket, key string, recs []record.Record, compression, class string) (int64, error) {
	if s.refuse > 0 {
		s.refuse--
		s.refused++
		return 0, errors.New("no such bucket")
	}
	o := shelved{at: now.Sub(clock.Epoch), bucket: bucket, key: key, compression: compression, class: class}
	for i := range recs {
		o.bodies = append(o.bodies, string(recs[i].Data))
	}
	s.objects = append(s.objects, o)
	return -1, nil
}

// told is when which records were delivered: 300s [1 2], in the order of the objects.
func (s *shelf) told() (all []string) {
	for _, o := range s.objects {
		all = append(all, fmt.Sprintf("%v %v", o.at.Seconds(), o.bodies))
	}
	return all
}

// putsAt puts one record after another, each at its instant.
func putsAt(t *testing.T, s *Service, c *clock.Virtual, at ...time.Duration) {
	t.Helper()
	for i, d := range at {
		c.RunUntil(clock.Epoch.Add(d))
		put(t, s, fmt.Sprint(i+1))
	}
}

func wantObjects(t *testing.T, to *shelf, want ...string) {
	t.Helper()
	if got := to.told(); !slices.Equal(got, want) {
		t.Errorf("objects %q\nwant    %q", got, want)
	}
}

// TestAnObjectComesWhenItsOldestRecordIsAsOldAsTheFreshness: to the instant, whenever the shards are read, with what is there
// by then; the next record opens the next one.
func TestAnObjectComesWhenItsOldestRecordIsAsOldAsTheFreshness(t *testing.T) {
	for _, freshness := range []int32{300, 420} {
		s, c, to := newChannels(t, Config{})
		in := channelTo("c")
		in.S3DestinationConfiguration.DataFreshnessInSeconds = &freshness
		mustChannel(t, s, in)
		most := time.Duration(freshness) * time.Second
		putsAt(t, s, c, 10300*time.Millisecond, 200*time.Second, most+10200*time.Millisecond, most+20*time.Second, most+100*time.Second)
		c.RunUntil(clock.Epoch.Add(time.Hour))
		wantObjects(t, to, fmt.Sprintf("%v [1 2 3]", (most+10300*time.Millisecond).Seconds()), fmt.Sprintf("%v [4 5]", (2*most+20*time.Second).Seconds()))
	}
}

// TestOnlyWhatIsWrittenSinceActiveIsDelivered: nothing is filled in from before.
func TestOnlyWhatIsWrittenSinceActiveIsDelivered(t *testing.T) {
	for _, tt := range []struct {
		creating time.Duration
		want     string
	}{
		{0, "310 [2 3 4]"},
		{time.Minute, "370 [3 4]"},
	} {
		s, c, to := newChannels(t, Config{Model: Model{ChannelCreating: tt.creating}})
		c.RunUntil(clock.Epoch.Add(10 * time.Second))
		put(t, s, "1")
		mustChannel(t, s, channelTo("c")) // at the very instant of the first record
		put(t, s, "2")
		c.RunUntil(clock.Epoch.Add(70 * time.Second))
		put(t, s, "3")
		put(t, s, "4")
		c.RunUntil(clock.Epoch.Add(time.Hour))
		wantObjects(t, to, tt.want)
	}
}

// TestALargeObjectIsDeliveredBeforeItsTime: one of three records, whether by their bytes (a digit and a key of one byte) or by their
// number.
func TestALargeObjectIsDeliveredBeforeItsTime(t *testing.T) {
	for _, model := range []Model{{ChannelObject: 6}, {ChannelRecords: 3}} {
		s, c, to := newChannels(t, Config{Model: model})
		mustChannel(t, s, channelTo("c"))
		putsAt(t, s, c, 500*time.Millisecond, 600*time.Millisecond, 700*time.Millisecond, 800*time.Millisecond)
		c.RunUntil(clock.Epoch.Add(time.Hour))
		wantObjects(t, to, "1 [1 2 3]", "300.8 [4]")
	}
}

// TestAChannelFollowsAReshard: every record is delivered once, and those of a key in their order.
func TestAChannelFollowsAReshard(t *testing.T) {
	s, c, to := newChannels(t, Config{})
	mustChannel(t, s, channelTo("c"))
	if err := s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: new(streamS), StreamModeDetails: &StreamModeDetails{new(ModeProvisioned)}}); err != nil {
		t.Fatal(err)
	}
	var wanted []string
	for i := range 40 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i) * 10 * time.Second))
		put(t, s, fmt.Sprint(i))
		wanted = append(wanted, fmt.Sprint(i))
		switch i {
		case 5:
			for n := range int32(4) {
				halve(t, s, n)
			}
		case 20:
			for n := range int32(4) {
				join(t, s, 4+2*n, 5+2*n)
			}
		}
	}
	c.RunUntil(clock.Epoch.Add(time.Hour))
	var got []string
	for _, o := range to.objects {
		got = append(got, o.bodies...)
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("delivered %q", got)
	}
}

// TestRecordsThatAreNotOfTheFormatAreDeadLetters: what is wrong with them is told beside the object, with their numbers.
func TestRecordsThatAreNotOfTheFormatAreDeadLetters(t *testing.T) {
	for _, tt := range []struct {
		format, delivered, wrong string
	}{
		{formatJSON, `["{}" "1"]`, "The record is not a valid JSON payload."},
		{formatString, `["{}" "{" "1"]`, "The record is not a valid UTF-8 string."},
		{formatBytes, `["{}" "\xff" "{" "1"]`, ""},
	} {
		t.Run(tt.format, func(t *testing.T) {
			s, c, to := newChannels(t, Config{})
			in := channelTo("c")
			in.StreamConfigurationList[0].RecordConfiguration.RecordFormatType = &tt.format
			in.S3DestinationConfiguration.DeadLetterQueueS3Configuration = &DeadLetterQueueS3Configuration{
				BucketARN: new("arn:aws:s3:::dead"), ExpectedBucketOwner: new("123456789012"), ErrorOutputPrefix: new("lost/"),
			}
			mustChannel(t, s, in)
			var numbers []string
			for _, data := range []string{"{}", "\xff", "{", "1"} {
				numbers = append(numbers, put(t, s, data))
			}
			c.RunUntil(clock.Epoch.Add(time.Hour))
			if got := fmt.Sprintf("%q", to.objects[0].bodies); got != tt.delivered || to.objects[0].bucket != "clicks" {
				t.Errorf("delivered %s to %s", got, to.objects[0].bucket)
			}
			if tt.wrong == "" {
				if len(to.objects) != 1 {
					t.Errorf("%d objects", len(to.objects))
				}
				return
			}
			dead := to.objects[1]
			if dead.bucket != "dead" || !strings.HasPrefix(dead.key, "lost/c/") || dead.at != 300*time.Second {
				t.Errorf("dead letters in %s at %s after %v", dead.bucket, dead.key, dead.at)
			}
			line := dead.bodies[0]
			if !strings.Contains(line, `"sequenceNumber":"`+numbers[1]+`"`) || !strings.Contains(line, tt.wrong) || !strings.HasSuffix(line, "}\n") {
				t.Errorf("a dead letter is %s", line)
			}
		})
	}
}

func TestADeletedChannelDeliversNothingMore(t *testing.T) {
	s, c, to := newChannels(t, Config{Model: Model{ChannelDeleting: time.Hour}})
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	putsAt(t, s, c, time.Second)
	c.RunUntil(clock.Epoch.Add(200 * time.Second))
	if err := s.DeleteChannel(ChannelInput{&arn}); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(201 * time.Second))
	if n := len(s.streams["s"].readers); n != 0 {
		t.Errorf("%d readers of the stream are left", n)
	}
	c.RunUntil(clock.Epoch.Add(2 * time.Hour))
	wantObjects(t, to)
	ran := false
	c.RunWhile(func() bool { ran = true; return false })
	if ran {
		t.Error("its process is still there")
	}
}

// TestAnObjectThatIsNotTakenIsOfferedAgain: until it is, with what was in it; what comes meanwhile follows. A channel that is
// deleted meanwhile gives up.
func TestAnObjectThatIsNotTakenIsOfferedAgain(t *testing.T) {
	s, c, to := newChannels(t, Config{Model: Model{ChannelRetry: 10 * time.Second}})
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	to.refuse = 12
	putsAt(t, s, c, time.Second, 310*time.Second)
	c.RunUntil(clock.Epoch.Add(1000 * time.Second))
	wantObjects(t, to, "421 [1]", "610 [2]")
	to.refuse = 1000
	put(t, s, "3")
	c.RunUntil(clock.Epoch.Add(1400 * time.Second))
	if err := s.DeleteChannel(ChannelInput{&arn}); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(1401 * time.Second))
	tries := to.refused
	c.RunUntil(clock.Epoch.Add(time.Hour))
	if tries != 12+11 || to.refused != tries {
		t.Errorf("%d tries until it was deleted, %d in the end", tries, to.refused)
	}
}

// TestANewFreshnessIsInForceWhenTheUpdateIsOver: for what is buffered, too.
func TestANewFreshnessIsInForceWhenTheUpdateIsOver(t *testing.T) {
	s, c, to := newChannels(t, Config{Model: Model{ChannelUpdating: 200 * time.Second}})
	in := channelTo("c")
	in.S3DestinationConfiguration.DataFreshnessInSeconds = new(int32(900))
	arn := mustChannel(t, s, in).ChannelARN
	putsAt(t, s, c, 0, 200*time.Second)
	out, err := s.UpdateChannel(UpdateChannelInput{ChannelARN: &arn, S3DestinationConfiguration: &S3DestinationUpdateInput{new(int32(300))}})
	if err != nil || *out.ChannelDescription.S3DestinationConfiguration.DataFreshnessInSeconds != 300 {
		t.Fatalf("%+v, %v", out, err)
	}
	c.RunUntil(clock.Epoch.Add(500 * time.Second))
	put(t, s, "3")
	c.RunUntil(clock.Epoch.Add(time.Hour))
	wantObjects(t, to, "400 [1 2]", "800 [3]")
}

// TestAChannelTakesNothingFromTheShards: five reads a second are left to others.
func TestAChannelTakesNothingFromTheShards(t *testing.T) {
	s, c, to := newChannels(t, Config{Model: Model{ChannelRead: 10 * time.Millisecond}})
	mustChannel(t, s, channelTo("c"))
	putsAt(t, s, c, 0)
	shard := s.streams["s"].route(HashKey("k")).number
	for i := range 50 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i) * 200 * time.Millisecond))
		if _, err := s.Read(c.Now(), "r", "s", shard, 0, 0, nil); err != nil {
			t.Fatalf("read %d: %v", i, err)
		}
	}
	c.RunUntil(clock.Epoch.Add(time.Hour))
	wantObjects(t, to, "300 [1]")
}

// TestRecordsStayInTheStreamUntilTheyAreDelivered: where a service drops what was read.
func TestRecordsStayInTheStreamUntilTheyAreDelivered(t *testing.T) {
	s, c, to := newChannels(t, Config{DropRead: true})
	mustChannel(t, s, channelTo("c"))
	putsAt(t, s, c, 0, time.Second)
	c.RunUntil(clock.Epoch.Add(299 * time.Second))
	if s.memory.Held() == 0 {
		t.Error("they are gone before they are delivered")
	}
	c.RunUntil(clock.Epoch.Add(301 * time.Second))
	if held := s.memory.Held(); held != 0 {
		t.Errorf("%d bytes are held when they are delivered", held)
	}
	wantObjects(t, to, "300 [1 2]")
}

// TestKeyTemplates: variables at the oldest record's arrival in UTC, and a suffix that makes each key another.
func TestKeyTemplates(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	for _, tt := range []struct{ template, format, compression, want string }{
		{defaultKeyTemplate, formatJSON, compressionNone, "kinesis-channel/c/id/2026/03/04/04/c-id-2026-03-04-04-06.json"},
		{"a/!{yyyy}!{MM}!{dd}!{HH}!{mm}/b!{extension}", formatString, compressionGzip, "a/202603040406/b.txt.gz"},
		{"!{channel-id}=!{channel-name}!{extension}", formatBytes, compressionNone, "id=c.bin"},
		{"z!{extension}", formatJSON, compressionZstd, "z.json.zst"},
		{"plain!", formatBytes, compressionNone, "plain!"},
	} {
		k, err := parseKeyTemplate(tt.template)
		if err != nil {
			t.Fatal(err)
		}
		ch := &channel{name: "c", id: "id", format: tt.format, destination: S3DestinationConfiguration{
			StorageConfiguration: &S3StorageConfiguration{CompressionType: &tt.compression},
		}}
		first, second := k.key(ch, at, 1), k.key(ch, at, 2)
		if first == second || !strings.HasPrefix(first, tt.want+"-000000-") || !strings.HasPrefix(second, tt.want+"-000001-") {
			t.Errorf("%s makes %s and %s", tt.template, first, second)
		}
	}
}

// TestTheOldestRecordIsThatOfAllShards: whichever is read first.
func TestTheOldestRecordIsThatOfAllShards(t *testing.T) {
	s, c, to := newChannels(t, Config{})
	mustChannel(t, s, channelTo("c"))
	hashes := spread(4)
	for i, h := range []record.Hash{hashes[3], hashes[0], hashes[2]} {
		c.RunUntil(clock.Epoch.Add(10*time.Second + time.Duration(i+1)*100*time.Millisecond))
		putHash(t, s, h)
	}
	c.RunUntil(clock.Epoch.Add(time.Hour))
	if len(to.objects) != 1 || to.objects[0].at != 310100*time.Millisecond || len(to.objects[0].bodies) != 3 {
		t.Errorf("objects %+v", to.objects)
	}
}

// exactly is a store that counts how often each record is delivered, until it has so many.
type exactly struct {
	mu    sync.Mutex
	times map[string]int
	left  int
	all   chan struct{}
}

func (e *exactly) PutRecordsAs(_ time.Time, _, _ string, recs []record.Record, _, _ string) (int64, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range recs {
		e.times[string(recs[i].Data)]++
		if e.left--; e.left == 0 {
			close(e.all)
		}
	}
	return 0, nil
}

// TestAChannelBesideWriters: on the wall's clock, while others put and reshard, each record is delivered exactly once.
func TestAChannelBesideWriters(t *testing.T) {
	const writers, each = 4, 200
	wall := clock.NewWall()
	defer wall.Stop()
	to := &exactly{times: map[string]int{}, left: writers * each, all: make(chan struct{})}
	s := New(Config{Clock: wall, Store: to, DropRead: true, Model: Model{ChannelRead: time.Millisecond, ChannelObject: 1}})
	err := s.CreateStream(CreateStreamInput{StreamName: new("s"), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}})
	if err != nil {
		t.Fatal(err)
	}
	mustChannel(t, s, channelTo("c"))
	if err := s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: new(streamS), StreamModeDetails: &StreamModeDetails{new(ModeProvisioned)}}); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := range each {
				n := fmt.Sprint(w*each + i)
				if _, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte(n), PartitionKey: &n}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range int32(4) {
		halve(t, s, n)
	}
	work.Wait()
	<-to.all
	wall.Stop()
	for data, n := range to.times {
		if n != 1 {
			t.Errorf("%s was delivered %d times", data, n)
		}
	}
}
