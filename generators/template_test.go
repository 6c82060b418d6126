package generators

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestLinesAreReplayedUntouched(t *testing.T) {
	want := []string{
		`{"id":1,"customer":"ann","note":"{{uuid}}"}`, `{"customer": "b\u00f6b", "id": 2.50}`, `{"id":3,"customer":"ann"}`,
		`{"id":4,"customer":17}`, `  {"id":5,"customer":"dan"}  `,
	}
	for _, row := range []struct {
		name  string
		key   string
		lanes [][]int // the lines of each
		keys  []string
	}{
		{"round robin", "", [][]int{{0, 2, 4}, {1, 3}}, nil},
		{"keys stay in a lane", "customer", [][]int{{0, 2, 3}, {1, 4}}, []string{"ann", "böb", "ann", "17", "dan"}},
		{"numbers are keys as written", "id", [][]int{{0, 2, 4}, {1, 3}}, []string{"1", "2.50", "3", "4", "5"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := must(NewTemplate(Config{Lanes: 2, Key: row.key}, orders("orders.jsonl")))
			for lane, lines := range row.lanes {
				if share := float64(len(lines)) / 5; g.Share(lane) != share {
					t.Errorf("share of lane %d is %v, want %v", lane, g.Share(lane), share)
				}
				for i, d := range draw(g.Lane(lane), 10) {
					line := lines[i%len(lines)]
					if d.body != want[line] || row.keys != nil && d.Key != row.keys[line] {
						t.Errorf("record %d of lane %d: %q %s", i, lane, d.Key, d.body)
					}
				}
			}
			if distinct := slices.Compact(slices.Sorted(slices.Values(row.keys))); g.Keys() != len(distinct) {
				t.Errorf("%d keys, want %d", g.Keys(), len(distinct))
			}
		})
	}
}

func TestFewLinesLeaveLanesEmpty(t *testing.T) {
	g := must(NewTemplate(Config{Lanes: 3}, TemplateConfig{Name: "x.ndjson", Data: []byte("1\n2\n")}))
	if g.Share(0) != 0.5 || g.Share(1) != 0.5 || g.Share(2) != 0 {
		t.Errorf("shares %v %v %v", g.Share(0), g.Share(1), g.Share(2))
	}
	st := NewStream(g, must(NewSchedule([]Phase{Constant(10, time.Second)}, Arrivals{}, 1)))
	var r Record
	for range 100 {
		if !st.Next(&r) || r.Lane == 2 {
			t.Fatalf("%+v", r)
		}
	}
}

func TestRandomKeysAreDistinct(t *testing.T) {
	g := must(NewTemplate(Config{Lanes: 2, Key: "random"}, orders("orders.jsonl")))
	seen := make(map[string]bool)
	for lane := range 2 {
		for _, d := range draw(g.Lane(lane), 5000) {
			if seen[d.Key] || len(d.Key) != 16 {
				t.Fatalf("key %q", d.Key)
			}
			seen[d.Key] = true
		}
	}
}

func TestPlaceholders(t *testing.T) {
	for _, row := range []struct {
		text string
		ok   func(s string) bool
	}{
		{"plain text } {", func(s string) bool { return s == "plain text } {" }},
		{"{{seq}}", func(s string) bool { return s == "7" }}, // record 3 of lane 1 of 2
		{"{{ uuid }}", func(s string) bool { return len(s) == 36 && s[14] == '4' && strings.Contains("89ab", s[19:20]) }},
		{"{{int -3 3}}", func(s string) bool { v, err := strconv.Atoi(s); return err == nil && v >= -3 && v <= 3 }},
		{"{{int 5 5}}", func(s string) bool { return s == "5" }},
		{"{{int -9223372036854775808 9223372036854775807}}", func(s string) bool { _, err := strconv.ParseInt(s, 10, 64); return err == nil }},
		{"{{float 1 2}}", func(s string) bool { return len(s) == 5 && s[:2] == "1." }},
		{"{{pick a}}{{pick \"b c\"}}{{pick \"\\\"\"}}", func(s string) bool { return s == `ab c"` }},
		{"{{now}}", func(s string) bool { return s == "2026-11-24T23:59:59.123Z" }},
		{"{{unixMillis}}", func(s string) bool { return s == "1795564799123" }},
		{"{{name}}", func(s string) bool { return strings.Contains(s, " ") && !strings.ContainsAny(s, `"\`) }},
		{"{{email}}", func(s string) bool { return strings.HasSuffix(s, "@example.com") && !strings.Contains(s, " ") }},
		{"{{ip}}", func(s string) bool { return strings.Count(s, ".") == 3 }},
		{"a{{seq}}b{{seq}}c\n", func(s string) bool { return s == "a7b7c\n" }},
		{`{"a":{"b":{{int 1 1}}}}`, func(s string) bool { return s == `{"a":{"b":1}}` }},
	} {
		t.Run(row.text, func(t *testing.T) {
			g := must(NewTemplate(Config{Seed: 1, Lanes: 2, Start: start}, TemplateConfig{Data: []byte(row.text)}))
			l := g.Lane(1)
			l.Seek(3)
			var r Record
			l.Next(time.Second, &r)
			if s := string(l.Append(nil)); !row.ok(s) {
				t.Errorf("got %q", s)
			}
		})
	}
}

func TestTemplateKeys(t *testing.T) {
	for _, row := range []struct{ name, text, key, want string }{
		{"literal", `{"k":"ann","n":{{seq}}}`, "k", "ann"},
		{"number", `{"n":12.5,"k":"{{uuid}}"}`, "n", "12.5"},
		{"placeholder alone", `{"n":{{seq}}}`, "n", "3"},
		{"between literals", `{"x":{{int 1 9}},"k":"c-{{seq}}-d","y":"{{name}}"}`, "k", "c-3-d"},
		{"several", `{"k":"{{seq}}{{pick a}}{{seq}}"}`, "k", "3a3"},
		{"escaped", `{"k":"\u00e9{{pick "\\n"}}"}`, "k", "é\n"},
		{"the last of the object", "\n{ \"a\" : [1,{\"k\":2}] ,\n \"k\" : \"z{{seq}}\" }\n", "k", "z3"},
		{"not the nested one", `{"a":{"k":"no"},"k":"yes"}`, "k", "yes"},
		{"sometimes empty", `{"k":"a{{pick "" "" "" b}}"}`, "k", "a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := must(NewTemplate(Config{Seed: 2, Key: row.key}, TemplateConfig{Data: []byte(row.text)}))
			l := g.Lane(0)
			l.Seek(3)
			var r Record
			l.Next(0, &r)
			if r.Key != row.want || r.Hash != hashKey([]byte(row.want)) {
				t.Errorf("key %q of %s", r.Key, l.Append(nil))
			}
		})
	}
}

func TestTemplateErrorsSayWhere(t *testing.T) {
	for _, row := range []struct{ name, file, text, key, want string }{
		{"empty", "a.jsonl", " \n\n", "", "a.jsonl:1:1: the file is empty"},
		{"no name", "", "", "", "template:1:1: the file is empty"},
		{"bad line", "a.jsonl", "{\"a\":1}\n{\"a\":x}\n", "", "a.jsonl:2:6: invalid character 'x' looking for beginning of value"},
		{"cut off line", "a.jsonl", "{\"a\":1}\n{\"a\":1\n{}", "", "a.jsonl:2:6: unexpected end of JSON input"},
		{"bad line with key", "a.jsonl", "{\"a\":1}\r\n\r\n{\"a\":1,}\n", "a", "a.jsonl:3:8: invalid character '}'"},
		{"no object", "a.jsonl", "[1]", "a", "a.jsonl:1:1: the line is no JSON object"},
		{"no member", "a.jsonl", "{\"id\":1}\n{\"ID\":1}\n", "id", `a.jsonl:2:1: the record has no member for the partition key: unknown "id" (did you mean "ID"?), want ID, random`},
		{"key of no use", "a.jsonl", `{"id":{}}`, "id", "a.jsonl:1:1: the partition key is neither a string nor a number"},
		{"empty key", "a.jsonl", `{"id":""}`, "id", "a.jsonl:1:1: the partition key is empty"},
		{"long key", "a.jsonl", `{"id":"` + strings.Repeat("é", 257) + `"}`, "id", "the partition key has 257 characters, more than 256"},
		{"long line", "a.jsonl", "1\n\"" + strings.Repeat("x", 1<<20) + "\"", "", "a.jsonl:2:1: the record has 1048578 bytes with its key, more than 1048576"},
		{"unclosed", "t.json", "{\n  \"a\": \"{{uuid\"\n}", "", "t.json:2:9: the placeholder is not closed by }}"},
		{"unknown", "t.json", "x\n{{uid}}", "", `t.json:2:1: placeholder: unknown "uid" (did you mean "uuid"?), want seq, uuid`},
		{"nothing in it", "t.json", "{{ }}", "", "t.json:1:1: the placeholder is empty"},
		{"arguments", "t.json", "{{uuid 4}}", "", `t.json:1:1: placeholder uuid: takes no argument, found ["4"]`},
		{"few arguments", "t.json", "ab{{int 4}}", "", "t.json:1:3: placeholder int: takes two whole numbers, as in {{int 1 100}}"},
		{"wrong way round", "t.json", "{{int 4 3}}", "", "placeholder int: takes two whole numbers, the lower first"},
		{"no number", "t.json", "{{float a b}}", "", "placeholder float: takes two numbers"},
		{"infinite", "t.json", "{{float 0 Inf}}", "", "placeholder float: takes two numbers"},
		{"nothing to pick", "t.json", "{{pick}}", "", "placeholder pick: takes what to pick from"},
		{"open quote", "t.json", `{{pick "a b}}`, "", "unclosed quote in"},
		{"long", "t.json", "{{seq}}" + strings.Repeat("x", 1<<20), "", "t.json:1:8: records may get longer than 1048576 bytes"},
		{"key of no object", "t.txt", "hello {{name}}", "k", "t.txt: find partition key: what the template makes is no JSON object: hello"},
		{"key of broken JSON", "t.json", `{"a":1,"b"}`, "k", "t.json: find partition key: what the template makes is no JSON: "},
		{"key not there", "t.json", `{"customer":1}`, "custmer", `did you mean "customer"?`},
		{"key within a placeholder", "t.json", `{"a":{{pick "1,\"k\":2"}}}`, "k", `the value of "k" begins or ends within a placeholder`},
	} {
		t.Run(row.name, func(t *testing.T) {
			g, err := NewTemplate(Config{Key: row.key}, TemplateConfig{Name: row.file, Data: []byte(row.text)})
			if err == nil || g != nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"{{uuid}}", `{"k":"{{pick "a b" c}}","n":{{int 1 9}}}`, "{{float -1 1}}\n{{now}}", `{"k":"\u00e9"}` + "\n" + `{"k":7}`, "{{", "}}{{{{seq}}}}"} {
		f.Add([]byte(seed), "", false)
		f.Add([]byte(seed), "k", true)
	}
	f.Fuzz(func(t *testing.T, data []byte, key string, lines bool) {
		name := "f.json"
		if lines {
			name = "f.jsonl"
		}
		g, err := NewTemplate(Config{Key: key, Lanes: 2}, TemplateConfig{Name: name, Data: data})
		if err != nil {
			if !strings.HasPrefix(err.Error(), name+":") {
				t.Errorf("an error that does not say where: %v", err)
			}
			return
		}
		for _, lane := range busy(g) {
			for _, d := range draw(g.Lane(lane), 4) {
				if int(d.Size) != len(d.body) || d.Hash != hashKey([]byte(d.Key)) {
					t.Errorf("%+v", d)
				}
				if lines && !strings.Contains(string(data), d.body) {
					t.Errorf("%q is not in the file", d.body)
				}
			}
		}
	})
}
