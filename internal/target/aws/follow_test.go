package aws

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
)

// resharded is an endpoint with one stream. It gives one record an answer.
type resharded struct {
	shards  []fakeShard
	told    bool // GetRecords tells the children of a shard
	page    int  // shards of one ListShards; 0: all
	deleted int  // listings after which the stream is gone; 0: never

	mu      sync.Mutex
	refuse  map[string]int // how many calls of an operation are still refused, once reading has begun
	lists   int            // listings begun
	reading bool
}

// fakeShard is a shard with so many records, which are all there.
type fakeShard struct {
	id      string
	parents []string
	records int
	closed  bool
	closes  int // where it is closed: after so many listings
	born    int // after so many listings
}

func (e *resharded) Do(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	status, out := 200, map[string]any{}
	switch {
	case e.reading && e.refuse[operation] > 0:
		e.refuse[operation]--
		code := "ProvisionedThroughputExceededException"
		if operation == "ListShards" {
			code = "LimitExceededException"
		}
		status, out = 400, map[string]any{"__type": code, "message": "Rate exceeded"}
	case operation == "ListShards":
		status, out = e.list(in)
	case operation == "GetShardIterator":
		out["ShardIterator"] = e.iterator(in)
	case operation == "GetRecords":
		out = e.read(in["ShardIterator"].(string))
	}
	body, err := json.Marshal(out)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, err
}

func (e *resharded) list(in map[string]any) (status int, out map[string]any) {
	from := 0
	if token, ok := in["NextToken"].(string); ok {
		from, _ = strconv.Atoi(token)
	} else {
		e.lists++
	}
	if e.deleted > 0 && e.lists > e.deleted {
		return 400, map[string]any{"__type": "ResourceNotFoundException", "message": "Stream s not found."}
	}
	var listed []map[string]any
	for _, s := range e.shards {
		if s.born >= e.lists {
			continue
		}
		numbers := map[string]any{"StartingSequenceNumber": "1"}
		if s.closed && e.lists > s.closes {
			numbers["EndingSequenceNumber"] = "2"
		}
		one := map[string]any{"ShardId": s.id, "SequenceNumberRange": numbers}
		for i, member := range []string{"ParentShardId", "AdjacentParentShardId"} {
			if i < len(s.parents) {
				one[member] = s.parents[i]
			}
		}
		listed = append(listed, one)
	}
	out = map[string]any{}
	if e.page > 0 && len(listed)-from > e.page {
		listed = listed[:from+e.page]
		out["NextToken"] = strconv.Itoa(from + e.page)
	}
	out["Shards"] = listed[from:]
	return 200, out
}

func (e *resharded) shard(id string) fakeShard {
	return e.shards[slices.IndexFunc(e.shards, func(s fakeShard) bool { return s.id == id })]
}

// iterator is a shard and the record that comes next.
func (e *resharded) iterator(in map[string]any) string {
	id, at := in["ShardId"].(string), 0
	switch in["ShardIteratorType"] {
	case "LATEST":
		at = e.shard(id).records
	case "AFTER_SEQUENCE_NUMBER":
		at, _ = strconv.Atoi(in["StartingSequenceNumber"].(string))
	}
	return fmt.Sprint(id, " ", at)
}

func (e *resharded) read(iterator string) map[string]any {
	e.reading = true
	id, position, _ := strings.Cut(iterator, " ")
	at, _ := strconv.Atoi(position)
	s, out := e.shard(id), map[string]any{"Records": []any{}, "MillisBehindLatest": 0}
	if at < s.records {
		at++
		out["Records"] = []any{map[string]any{
			"Data": base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s/%d", id, at)), "PartitionKey": "k", "SequenceNumber": strconv.Itoa(at),
		}}
	}
	if at < s.records || !s.closed || e.lists < s.closes {
		out["NextShardIterator"] = fmt.Sprint(id, " ", at)
		return out
	}
	var children []any
	for _, c := range e.shards {
		if e.told && slices.Contains(c.parents, id) {
			children = append(children, map[string]any{"ShardId": c.id, "ParentShards": c.parents})
		}
	}
	out["ChildShards"] = children
	return out
}

// followed runs a follower of an endpoint for a minute and tells what it read, and what was noted. The time is a bubble's.
func followed(t *testing.T, e *resharded, start string) (got, notes []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wall := clock.NewWall()
		tgt := New(Config{Clock: wall, Note: func(text string) { notes = append(notes, text) }})
		tgt.kinesis = kinesis.New(kinesis.Options{
			Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), HTTPClient: e, Retryer: aws.NopRetryer{},
			Credentials: aws.AnonymousCredentials{},
		})
		var mu sync.Mutex
		ends := 0
		err := tgt.follow(t.Context(), &follower{
			process: "test", stream: "s", start: start, ended: func() { ends++ },
			reader: func(string) *shardReader {
				return &shardReader{every: 100 * time.Millisecond, refused: func(time.Time) {}, got: func(_ time.Time, records []types.Record) {
					mu.Lock()
					defer mu.Unlock()
					for _, r := range records {
						got = append(got, string(r.Data))
					}
				}}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		wall.Stop()
		if ends != 1 {
			t.Errorf("the follower ended %d times", ends)
		}
	})
	return got, notes
}

// reshardings are shard 0 and 1, of which 0 was split into 2 and 3, and 1 and 3 merged into 4.
func reshardings() []fakeShard {
	return []fakeShard{
		{id: "shardId-0", closed: true, records: 9},
		{id: "shardId-1", closed: true, records: 1},
		{id: "shardId-2", parents: []string{"shardId-0"}, records: 3},
		{id: "shardId-3", parents: []string{"shardId-0"}, closed: true, records: 5},
		{id: "shardId-4", parents: []string{"shardId-1", "shardId-3"}, records: 4},
	}
}

func TestFollowerReadsParentsBeforeChildren(t *testing.T) {
	later := reshardings() // all but the first two are listed once the reader has begun
	for i := range later {
		later[i].born = min(1, i/2)
	}
	opaque := reshardings() // ids of a form of their own
	for i := range opaque {
		opaque[i].id = strings.Replace(opaque[i].id, "shardId-", "shard-x", 1)
		for j, p := range opaque[i].parents {
			opaque[i].parents[j] = strings.Replace(p, "shardId-", "shard-x", 1)
		}
	}
	late := reshardings() // the children of 0 are listed some time after its end
	for i := range late {
		late[i].born = min(1, i/2) * 5
	}
	tests := []struct {
		name     string
		endpoint *resharded
	}{
		{"known from the start", &resharded{shards: reshardings(), told: true}},
		{"in pages", &resharded{shards: reshardings(), page: 2}},
		{"told at the end of a shard", &resharded{shards: later, told: true}},
		{"found by listing", &resharded{shards: later}},
		{"listed late", &resharded{shards: late}},
		{"ids of another form", &resharded{shards: opaque}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, notes := followed(t, tt.endpoint, "TRIM_HORIZON")
			at := map[string]int{}
			for i, data := range got {
				if _, twice := at[data]; twice {
					t.Errorf("%s was read twice", data)
				}
				at[data] = i
			}
			for _, s := range tt.endpoint.shards {
				for n := 1; n <= s.records; n++ {
					i, read := at[fmt.Sprint(s.id, "/", n)]
					if !read {
						t.Errorf("record %d of %s was not read", n, s.id)
					}
					for _, p := range s.parents {
						if last := fmt.Sprint(p, "/", tt.endpoint.shard(p).records); read && at[last] > i {
							t.Errorf("record %d of %s was read before %s", n, s.id, last)
						}
					}
				}
			}
			if len(notes) > 0 {
				t.Errorf("notes: %q", notes)
			}
		})
	}
}

// At LATEST, what was closed before is passed over, what is open is read from its tip, and what comes later from its
// beginning: 1 closes just after it was listed.
func TestFollowerBeginsAtTheTip(t *testing.T) {
	got, _ := followed(t, &resharded{shards: []fakeShard{
		{id: "shardId-0", closed: true, records: 2},
		{id: "shardId-1", closed: true, records: 2, parents: []string{"shardId-0"}, closes: 1},
		{id: "shardId-2", records: 1, parents: []string{"shardId-1"}, born: 1},
		{id: "shardId-3", records: 2, parents: []string{"shardId-1"}, born: 1},
	}}, "LATEST")
	slices.Sort(got)
	if want := []string{"shardId-2/1", "shardId-3/1", "shardId-3/2"}; !slices.Equal(got, want) {
		t.Errorf("%q read, want %q", got, want)
	}
}

// What is refused is asked again: reads, the listing that finds children, and their iterators.
func TestFollowerAsksAgain(t *testing.T) {
	for _, operation := range []string{"GetRecords", "ListShards", "GetShardIterator"} {
		t.Run(operation, func(t *testing.T) {
			shards := reshardings()
			for i := range shards {
				shards[i].born = min(1, i/2)
			}
			e := &resharded{shards: shards, refuse: map[string]int{operation: 5}}
			got, notes := followed(t, e, "TRIM_HORIZON")
			if want := 9 + 1 + 3 + 5 + 4; len(got) != want || len(notes) > 0 || e.refuse[operation] != 0 {
				t.Errorf("%d records read, want %d; notes %q; %d calls left to refuse", len(got), want, notes, e.refuse[operation])
			}
		})
	}
}

// A stream that is gone when a shard has ended ends the reading; a shard that nothing follows is noted.
func TestFollowerWithoutChildren(t *testing.T) {
	gone := &resharded{shards: reshardings()[:1], deleted: 1}
	if got, notes := followed(t, gone, "TRIM_HORIZON"); len(got) != 9 || len(notes) > 0 || gone.lists != 2 {
		t.Errorf("a stream that is gone: %d records read, notes %q, %d listings", len(got), notes, gone.lists)
	}
	childless := &resharded{shards: reshardings()[:1]}
	got, notes := followed(t, childless, "TRIM_HORIZON")
	if want := "shard shardId-0 of s was closed during the run, and no shard was found that follows it"; len(got) != 9 || len(notes) != 1 || notes[0] != want {
		t.Errorf("a shard without children: %d records read, notes %q", len(got), notes)
	}
}
