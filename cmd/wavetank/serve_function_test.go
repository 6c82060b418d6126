package main

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzFunctionFlag holds that a function that --function makes is written as a flag that makes the same.
func FuzzFunctionFlag(f *testing.F) {
	for _, flag := range []string{
		"f=model", "f=p50:20ms", "slow=p50:200ms,p99:2s,errors:1%,coldStart:250ms,memorySize:256MiB", "f=p99:1s,p99:2s", "f", "=model", "f=", "f=p50", "f=errors:200%", "f=p50:2s,p99:1s", "f=memorySize:1B",
		"f=x:1", "f=p50:1s,",
	} {
		f.Add(flag)
	}
	f.Fuzz(func(t *testing.T, flag string) {
		functions, err := parseFunctions([]string{flag})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "--function "+flag+": ") {
				t.Fatalf("an error that does not say which flag: %v", err)
			}
			return
		}
		for name, m := range functions {
			again := fmt.Sprintf("%s=p50:%v,p99:%v,errors:%v,coldStart:%v,memorySize:%v", name, m.Duration.P50, m.Duration.P99, m.Errors, m.ColdStart, m.MemorySize)
			second, err := parseFunctions([]string{again})
			if err != nil || second[name] != m {
				t.Fatalf("%q is written %q, which makes %+v, %v", flag, again, second[name], err)
			}
		}
	})
}
