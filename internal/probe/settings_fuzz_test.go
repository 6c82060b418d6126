package probe

import "testing"

// FuzzSettings: settings that are read and good go through the environment unchanged.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		`{"function":"f","receipts":"r"}`, `{"function":"f","receipts":"r","duration":{"p50":1,"p99":2},"work":"cpu","errors":0.5,"coldStart":7}`,
		`{"function":"f","receipts":"r","partialFailures":1,"reportBatchItemFailures":true,"seed":18446744073709551615}`,
		`{"function":"","receipts":"r"}`, `{"errors":2}`, `{"other":1}`, `null`, ``, `{"function":"f","receipts":"r"}{}`, `[]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := FromEnvironment(func(string) string { return text })
		if err != nil {
			return
		}
		again, err := FromEnvironment(func(name string) string { return s.Environment()[name] })
		if err != nil || again != s {
			t.Fatalf("%+v came back as %+v, %v", s, again, err)
		}
	})
}
