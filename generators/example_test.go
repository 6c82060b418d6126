package generators_test

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// config is what the examples have in common.
var config = generators.Config{
	Seed:  42,
	Run:   0x1a2b,
	Start: time.Date(2026, 11, 24, 10, 15, 0, 0, time.UTC),
	Rate:  100,
}

func ExampleNewClickstream() {
	g, err := generators.NewClickstream(config, generators.ClickstreamConfig{
		Users: 500,
		Skew:  generators.Zipf(1.1),
		Size:  generators.Size{P50: 300},
	})
	if err != nil {
		panic(err)
	}
	lane := g.Lane(0)
	var r generators.Record
	lane.Next(1500*time.Millisecond, &r)
	fmt.Println(r.Key, r.KeyIndex, r.Size)
	fmt.Printf("%s\n", lane.Append(nil))
	// Output:
	// u-16d8a560 128 300
	// {"wt":"00001a2b.0000.000000000000","eventId":"62a8e560-87f6-4a36-b436-34883ebf6081","ts":"2026-11-24T10:15:01.500Z","sessionId":"s-0000e20124fe8fdc19e6","userId":"u-16d8a560","type":"page_view","page":"/l/fashion-accessories-14","campaign":"fashion-accessories-14","pad":"quality divider shoe union"}
}

func ExampleNewSensor() {
	g, err := generators.NewSensor(config, generators.SensorConfig{Sensors: 100, Dropout: 0.01, Spikes: 0.001})
	if err != nil {
		panic(err)
	}
	lane := g.Lane(0)
	var r generators.Record
	lane.Next(0, &r)
	fmt.Printf("%s\n", lane.Append(nil))
	// Output:
	// {"wt":"00001a2b.0000.000000000000","ts":"2026-11-24T10:15:00.000Z","sensorId":"sn-cf8dbb2c","siteId":"site-2bd1155e","metric":"pressure","unit":"hectopascal","value":1010.80,"quality":"good","sequence":1,"location":{"city":"München","lat":48.14181,"lon":11.58418,"floor":8},"model":"XW-3065","firmware":"2.3.0","battery":39,"signal":-42}
}

func ExampleNewTransaction() {
	g, err := generators.NewTransaction(config, generators.TransactionConfig{Accounts: 200, Fraud: 0.001})
	if err != nil {
		panic(err)
	}
	lane := g.Lane(0)
	var r generators.Record
	lane.Next(0, &r)
	fmt.Printf("%s\n", lane.Append(nil))
	// Output:
	// {"wt":"00001a2b.0000.000000000000","transactionId":"t-0000b3c0db44e4991547","ts":"2026-11-24T10:15:00.000Z","accountId":"a-69248898","counterpartyId":"a-d1059fb7","type":"refund","direction":"credit","status":"approved","amountCents":1617,"currency":"USD","balanceCents":1817437,"counterpartyBalanceCents":288608,"fraud":null,"merchant":{"id":"m-00207","name":"GoodGuide","mcc":"5411","category":"groceries"},"place":{"country":"US","city":"Chicago","lat":41.87810,"lon":-87.62980},"channel":"point_of_sale"}
}

func ExampleNewTemplate() {
	c := config
	c.Key = "customer"
	g, err := generators.NewTemplate(c, generators.TemplateConfig{
		Name: "order.json",
		Data: []byte(`{"order":"{{uuid}}","at":"{{now}}","customer":"c-{{int 1 500}}","state":"{{pick new paid sent}}"}`),
	})
	if err != nil {
		panic(err)
	}
	lane := g.Lane(0)
	var r generators.Record
	for i := range 2 {
		lane.Next(time.Duration(i)*time.Second, &r)
		fmt.Printf("%s: %s\n", r.Key, lane.Append(nil))
	}
	// Output:
	// c-296: {"order":"05e24928-eec4-42c4-a25d-34c98c3aa837","at":"2026-11-24T10:15:00.000Z","customer":"c-296","state":"sent"}
	// c-434: {"order":"1777700f-ab58-40ed-aab3-7d2d82692e42","at":"2026-11-24T10:15:01.000Z","customer":"c-434","state":"sent"}
}

func ExampleNewTemplate_mistake() {
	_, err := generators.NewTemplate(config, generators.TemplateConfig{Name: "order.json", Data: []byte("{\n  \"id\": \"{{uid}}\"\n}")})
	fmt.Println(err)
	// Output:
	// order.json:2:10: placeholder: unknown "uid" (did you mean "uuid"?), want seq, uuid, int, float, pick, now, unixMillis, name, email, ip
}

func ExampleLane_seek() {
	g, err := generators.NewTransaction(config, generators.TransactionConfig{})
	if err != nil {
		panic(err)
	}
	var a, b generators.Record
	lane := g.Lane(0)
	for range 1001 {
		lane.Next(0, &a)
	}
	other := g.Lane(0)
	other.Seek(1000)
	other.Next(0, &b)
	fmt.Println(a == b)
	// Output: true
}

func ExampleNewSchedule() {
	s, err := generators.NewSchedule([]generators.Phase{
		generators.Ramp(0, 100, 10*time.Second),
		generators.Constant(100, 20*time.Second),
		generators.Spike(100, 1000, time.Second, time.Second, 3*time.Second),
	}, generators.Arrivals{}, 42)
	if err != nil {
		panic(err)
	}
	fmt.Println(s.Duration(), "with", s.Expected(s.Duration()), "records")
	fmt.Println(s.Rate(5*time.Second), s.Rate(31*time.Second), s.Rate(time.Hour), "records/s")
	lane := s.Lane(0, 1)
	for range 3 {
		due, _ := lane.Next()
		fmt.Println(due)
	}
	// Output:
	// 33s with 3700 records
	// 50 1000 100 records/s
	// 316.227766ms
	// 547.722558ms
	// 707.106781ms
}

func ExampleNewStream() {
	c := config
	c.Lanes = 3
	g, err := generators.NewSensor(c, generators.SensorConfig{Sensors: 30})
	if err != nil {
		panic(err)
	}
	s, err := generators.NewSchedule([]generators.Phase{generators.Constant(5, time.Second)}, generators.Arrivals{}, 42)
	if err != nil {
		panic(err)
	}
	stream := generators.NewStream(g, s)
	var r generators.Record
	for stream.Next(&r) && r.Due < s.Duration() {
		fmt.Println(r.Due.Round(time.Millisecond), "lane", r.Lane, "number", r.Number, r.Key)
	}
	// Output:
	// 71ms lane 1 number 0 sn-27ffd6a8
	// 300ms lane 0 number 0 sn-cf8dbb2c
	// 442ms lane 2 number 0 sn-b4be23a7
	// 671ms lane 1 number 1 sn-d9987bbe
	// 900ms lane 0 number 1 sn-9f978d41
}

func ExampleParseSkew() {
	for _, text := range []string{"zipf(1.1)", "hot(0.6, 3)", "hot(60)"} {
		skew, err := generators.ParseSkew(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(skew)
	}
	// Output:
	// zipf(1.1)
	// hot(0.6, 3)
	// parse skew "hot(60)": share 60 is outside 0 (excluded) to 1
}

func ExampleNextIdentity() {
	object := generators.AppendIdentity(nil, 1, 2, 3)
	object = append(object, `"ts":"…"}`...)
	object = generators.AppendIdentity(object, 1, 2, 4)
	object = append(object, `"ts":"…"}`...)
	for {
		at := generators.NextIdentity(object)
		if at < 0 {
			break
		}
		run, lane, number, _ := generators.ParseIdentity(object[at:])
		fmt.Println("run", run, "lane", lane, "number", number)
		object = object[at+1:]
	}
	// Output:
	// run 1 lane 2 number 3
	// run 1 lane 2 number 4
}
