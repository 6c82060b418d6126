package account_test

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/account"
)

func ExampleRun_Name() {
	run := account.Run{ID: "20261124t101500-k3f9xq"}
	fmt.Println(run.Name(account.Stream, "Clicks"))
	fmt.Println(run.Name(account.Bucket, "Clicks"))
	fmt.Println(run.Name(account.LogGroup, "process-clicks"))
	// Output:
	// wavetank-20261124t101500-k3f9xq-Clicks
	// wavetank-20261124t101500-k3f9xq-clicks-921fc9
	// /aws/lambda/wavetank-20261124t101500-k3f9xq-process-clicks
}

func ExamplePolicy() {
	policy, err := account.Policy("cleanup", account.PolicyScope{Account: "123456789012", Region: "eu-west-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range policy.Statement[:4] {
		fmt.Println(s.Sid, s.Resource)
	}
	// Output:
	// WhoAmI [*]
	// Find [*]
	// FindMappingsAndLogs [*]
	// DeleteMappings [arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:*]
}

func ExampleParseBudget() {
	for _, text := range []string{"5USD", "$0.50", "5"} {
		fmt.Println(account.ParseBudget(text))
	}
	// Output:
	// $5.00 <nil>
	// $0.50 <nil>
	// $0 budget "5": want dollars with their unit, such as 5USD or $5
}
