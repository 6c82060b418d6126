// Package orders is a small pipeline on Amazon Kinesis as many companies have one: a [Publisher] puts orders into a stream, a
// Lambda function, [Handler], adds them up by customer, and a Firehose transformation, [Transform], makes of them lines for
// the lake. It knows nothing of wavetank: only its tests do.
package orders

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Order is what a customer has bought. Its id is its identity: whatever happens on the way, an order counts once.
type Order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Cents    int64  `json:"cents"`
	Test     bool   `json:"test,omitempty"` // of the shop's own people, who try whether buying works
}

// decode reads an order, and refuses what is none.
func decode(data []byte) (Order, error) {
	var o Order
	if err := json.Unmarshal(data, &o); err != nil {
		return Order{}, fmt.Errorf("read order: %w", err)
	}
	if o.ID == "" || o.Customer == "" {
		return Order{}, errors.New("read order: it has no id or no customer")
	}
	return o, nil
}
