package localstack

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestEnvironment(t *testing.T) {
	c := Config{
		Services: []string{"s3", "kinesis"},
		Getenv: environ("LOCALSTACK_AUTH_TOKEN", "ls-x", "LAMBDA_RUNTIME_IMAGE_MAPPING", `{"a":"b"}`, "LAMBDA_DOCKER_FLAGS", "--memory 1g",
			"AWS_SECRET_ACCESS_KEY", "mine"),
	}.withDefaults()
	env := c.environment(map[string]string{"b": "2", "a": "1"})
	want := map[string]string{
		"SERVICES": "kinesis,s3", "LOCALSTACK_AUTH_TOKEN": "ls-x", "LAMBDA_RUNTIME_IMAGE_MAPPING": `{"a":"b"}`,
		"LAMBDA_DOCKER_FLAGS": "--memory 1g -l a=1 -l b=2", "DISABLE_EVENTS": "1", "SKIP_SSL_CERT_DOWNLOAD": "1",
	}
	if len(env) != len(want) {
		t.Errorf("passed %v", env)
	}
	for name, value := range want {
		if env[name] != value {
			t.Errorf("%s is %q, want %q", name, env[name], value)
		}
	}
	c = Config{Getenv: environ()}.withDefaults()
	if got := c.environment(nil)["SERVICES"]; got != "cloudwatch,dynamodb,firehose,iam,kinesis,lambda,logs,s3,sqs,sts" {
		t.Errorf("services by default: %s", got)
	}
}

func TestContainerName(t *testing.T) {
	if got := containerName(DefaultImage); got != "wavetank-localstack-localstack-4.14.0" {
		t.Error(got)
	}
	if a, b := nonce(), nonce(); a == b || len(a) != 10 {
		t.Error(a, b)
	}
}

// frame is what a container has written, as Docker sends it.
func frame(text string) []byte {
	head := [8]byte{1}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return append(head[:], text...)
}

func TestUnframe(t *testing.T) {
	whole := append(frame("one\n"), frame("two\n")...)
	tests := []struct {
		name string
		in   []byte
		want string
		ok   bool
	}{
		{"nothing", nil, "", true},
		{"two frames", whole, "one\ntwo\n", true},
		{"cut in a frame", whole[:len(whole)-2], "one\ntw", false},
		{"cut in a head", whole[:15], "one\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := unframe(bytes.NewReader(test.in), &b); b.String() != test.want || (err == nil) != test.ok {
				t.Errorf("%q, %v", b.String(), err)
			}
		})
	}
}

// TestFollow reads a log to its end, stops in the middle of one, and reads one that is not there.
func TestFollow(t *testing.T) {
	begun := make(chan struct{})
	host := docker(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "there") {
			http.Error(w, `{"message":"no such container"}`, http.StatusNotFound)
			return
		}
		w.Write(frame("Ready.\n"))
		if strings.Contains(r.URL.Path, "endless") {
			w.(http.Flusher).Flush()
			close(begun)
			<-r.Context().Done()
		}
	})
	d := client(t, host)
	defer d.close()
	for id, want := range map[string]string{
		"there": "Ready.\n", "gone": "the log of container gone ends here: Docker answered 404: no such container\n",
	} {
		var b bytes.Buffer
		f := d.follow(id, true, &b)
		f.stop(time.Hour)
		if b.String() != want {
			t.Errorf("%s: %q", id, b.String())
		}
	}
	var b bytes.Buffer
	f := d.follow("there-endless", false, &oneAtATime{w: &b})
	<-begun
	f.stop(0)
	if strings.Contains(b.String(), "ends here") {
		t.Errorf("a log that was stopped complains: %q", b.String())
	}
	(*follower)(nil).stop(0)
}

func TestTail(t *testing.T) {
	host := docker(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write(frame("\nLocalStack version: 4.14.0\n\n"))
		w.Write(frame("Ready.\r\n"))
	})
	got := client(t, host).tail(t.Context(), "id", 5)
	if strings.Join(got, "|") != "LocalStack version: 4.14.0|Ready." || !saysReady(got) {
		t.Errorf("%q", got)
	}
}

// TestRemoveLabelled removes until Docker lists nothing any more, and takes a container that is gone for removed.
func TestRemoveLabelled(t *testing.T) {
	var mu sync.Mutex
	left, lists := []string{"a", "b"}, 0
	host := docker(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodGet {
			if filters := r.URL.Query().Get("filters"); filters != `{"label":["wavetank.localstack=x"]}` || r.URL.Query().Get("all") != "1" {
				t.Errorf("list %s", r.URL)
			}
			lists++
			list := []map[string]string{}
			for _, id := range left {
				list = append(list, map[string]string{"Id": id})
			}
			if err := json.NewEncoder(w).Encode(list); err != nil {
				t.Error(err)
			}
			return
		}
		if id := strings.TrimPrefix(r.URL.Path, "/containers/"); id == "a" {
			http.Error(w, `{"message":"removal is already in progress"}`, http.StatusConflict)
		}
		if lists == 2 { // the first removals take their time
			left = nil
		}
	})
	d := client(t, host)
	defer d.close()
	if err := d.removeLabelled(t.Context(), "x"); err != nil || lists != 3 {
		t.Errorf("%v after %d lists", err, lists)
	}
}

// TestLeft is about a container that an earlier run left and that cannot be used.
func TestLeft(t *testing.T) {
	const running = `{"Id":"abc","State":{"Running":true},"Config":{"Labels":{"wavetank.localstack":"l","wavetank.localstack.services":"kinesis"}}}`
	tests := []struct {
		name   string
		config Config
		answer string // of the inspection; "": no such container
		parts  []string
	}{
		{"there is none", Config{Reuse: true}, "", nil},
		{"it is not to be reused", Config{Keep: true}, running, []string{"was left running", "docker rm -f wavetank-localstack-localstack-4.14.0"}},
		{"it loads other services", Config{Reuse: true, Services: []string{"s3"}}, running, []string{`"kinesis" and not "s3"`, "docker rm -f"}},
		{"it has ended and makes room", Config{Reuse: true}, `{"Id":"abc","Config":{"Labels":{"wavetank.localstack":"l"}}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			removed := ""
			host := docker(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodDelete:
					removed += r.URL.Path
				case r.URL.Path == "/containers/json":
					fmt.Fprint(w, "[]")
				case test.answer == "":
					http.Error(w, `{"message":"no such container"}`, http.StatusNotFound)
				default:
					fmt.Fprint(w, test.answer)
				}
			})
			s := &start{Config: test.config.withDefaults(), daemon: client(t, host)}
			c, err := s.left(t.Context())
			if c != nil {
				t.Error("a container")
			}
			if test.parts != nil {
				unavailable(t, err, test.parts...)
			} else if err != nil {
				t.Error(err)
			}
			if ended := strings.Contains(test.name, "ended"); ended != (removed == "/containers/abc") {
				t.Errorf("removed %q", removed)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	const licence = "Localstack returning with exit code 55. Reason: \n===\nThe license activation failed for the following reason:\n\n" +
		"No credentials were found in the environment.\nLocalStack requires an account to run.\n"
	const exited, runs = `{"Id":"abc","State":{"ExitCode":55}}`, `{"Id":"abc","State":{"Running":true}}`
	begun := func(s *start) { s.id = "abc" }
	tests := []struct {
		name, log, state string
		before           func(*start)
		err              string
		parts            []string
	}{
		{"no licence", licence, exited, begun, "x", []string{"only with a LocalStack account", "LOCALSTACK_AUTH_TOKEN", DefaultImage}},
		{"a wrong licence", licence, exited, func(s *start) { s.id, s.Getenv = "abc", environ("LOCALSTACK_AUTH_TOKEN", "ls-x") }, "x", []string{"refused the token"}},
		{"an older licence text", "API key activation failed! 🔑❌\n", exited, begun, "x", []string{"LOCALSTACK_AUTH_TOKEN"}},
		{"it ends", "exec format error\n", exited, begun, "x", []string{"ended with code 55 before it was ready", "--localstack-image"}},
		{"it is killed", "\n", `{"Id":"abc","State":{"OOMKilled":true}}`, begun, "x", []string{"out of memory"}},
		{"it never gets ready", "starting\n", runs, begun, "deadline exceeded", []string{"not ready within 2m0s"}},
		{"it is not reached", "Ready.\n", runs, begun, "deadline exceeded", []string{"ready and is not reached", "TESTCONTAINERS_HOST_OVERRIDE"}},
		{"it is gone", "", "", begun, "x", []string{"removed before it was ready"}},
		{"an image without a version", "", "", func(*start) {}, "version=x. does not support running LocalStack in legacy mode", []string{"names no version", DefaultImage}},
		{"no reaper", "", "", func(*start) {}, "create container: reaper:\nnew reaper", []string{"TESTCONTAINERS_RYUK_DISABLED"}},
		{"the name is taken", "", "", func(*start) {}, `name "/wavetank" is already in use by container "abc"`, []string{"run again"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			host := docker(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case test.state == "":
					http.Error(w, `{"message":"no such container"}`, http.StatusNotFound)
				case strings.HasSuffix(r.URL.Path, "/logs"):
					w.Write(frame(test.log))
				default:
					fmt.Fprint(w, test.state)
				}
			})
			s := &start{Config: Config{Getenv: environ()}.withDefaults(), daemon: client(t, host)}
			test.before(s)
			unavailable(t, s.explain(t.Context(), errors.New(test.err)), test.parts...)
		})
	}
	s := &start{Config: Config{}.withDefaults()}
	if err := s.explain(t.Context(), errors.New("create\ncontainer")); err.Error() != "start LocalStack: create container" {
		t.Error(err)
	}
}
