package conformance

import (
	"fmt"
	"os"
)

var some = []Finding{
	{Case: "put-500-records", Area: "writing", Verdict: Does, Detail: "all accepted"},
	{Case: "put-501-records", Area: "writing", Verdict: DoesNot, Detail: "accepted"},
	{Case: "buffer-interval", Area: "Firehose buffering", Verdict: Refuses, Detail: "there is no firehose: status 404 without an error code"},
}

func ExampleWriteTable() {
	if err := WriteTable(os.Stdout, some, 60); err != nil {
		fmt.Println(err)
	}
	// Output:
	// writing
	//   put-500-records  does      all accepted
	//   put-501-records  does not  accepted
	//
	// Firehose buffering
	//   buffer-interval  refuses   there is no firehose: status
	//                              404 without an error code
	//
	// 1 does, 1 does not, 1 refuses
}

func ExampleSummary() {
	fmt.Println(Summary(some))
	// Output: 1 does, 1 does not, 1 refuses
}

func Example_markdown() {
	short := []Column{{Name: "ours", Findings: some}, {Name: "theirs"}}
	if err := writeMarkdown(os.Stdout, Cases()[:1], short); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ### streams
	//
	// | what the real service does | ours | theirs |
	// | --- | --- | --- |
	// | `stream-creating`: a new stream is CREATING and becomes ACTIVE |  |  |
}
