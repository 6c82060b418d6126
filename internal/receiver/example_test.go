package receiver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/wavetank/wavetank/internal/receiver"
)

// An endpoint that refuses each request once.
func ExampleNew() {
	r := receiver.New(receiver.Config{Receive: func(q *receiver.Request) receiver.Reply {
		fmt.Printf("attempt %d: %s\n", q.Attempt, q.Records[0].Data)
		if !q.Again() {
			return receiver.Reply{Status: http.StatusTooManyRequests, Message: "slower"}
		}
		return receiver.Reply{}
	}})
	for range 2 {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request(nil))
		fmt.Println("answer", w.Code)
	}
	// Output:
	// attempt 1: hello
	// answer 429
	// attempt 2: hello
	// answer 200
}
