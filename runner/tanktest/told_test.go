package tanktest_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// A handler that swallows a poisoned record is told by that record's history: where too much came out, and where too little was given up.
func TestAPoisonedRecordIsSwallowed(t *testing.T) {
	story := "of shardId-000000000002\n00:00:02.232  due\n00:00:02.250  stored in shardId-000000000002 as record 1099, key \"a-027e138e\"\n" +
		"00:00:02.250  poisoned by the test: its data ends in the middle\n00:00:03.000  in a batch of 100, attempt 1, to orders-handler-1: succeeded\n"
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Seed(1))
		orders := tank.Stream("orders", 4)
		fn := tank.Handle("orders", nothing, tanktest.BatchSize(100), tanktest.BisectOnError(), tanktest.MaxRetries(2))
		orders.Put(tanktest.Transactions(10_000), tanktest.Poison(1))
		tank.Advance(time.Hour)
		fn.Delivered(t, 9_999)
		fn.OnFailure().Batches(t, 1)
	}, "orders-handler-1 has succeeded with 10000 records, not 9999\n1 of them was poisoned and has come out:\n record 1099 "+story,
		"orders-handler-1-failures was told of 0 batches, not of 1\n1 of the records of orders poisoned and not given up:\n record 1099 "+story)
}

// Of several poisoned records three are told. Those of another load are not, though their keys and their times are the same.
func TestPoisonedRecordsAreToldApart(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", nothing)
		orders.Put(tanktest.Transactions(4))
		orders.Put(tanktest.Transactions(4), tanktest.Poison(4))
		tank.Advance(time.Minute)
		fn.Delivered(t, 4)
	}, "has succeeded with 8 records, not 4\n4 of them were poisoned and have come out, here the first 3:\n", "poisoned by the test", "poisoned by the test", "poisoned by the test")
	fails(t, func(t testing.TB) { // it is stored twice: the answer to its put is lost
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", nothing)
		tank.Next("PutRecords", tanktest.Loses())
		orders.Put(tanktest.Transactions(1), tanktest.Poison(1))
		tank.Advance(time.Minute)
		fn.Delivered(t, 0)
	}, "2 of them were poisoned and have come out:\n")
}

// A queue that was told too much tells of what; one that was told too little tells what is still tried.
func TestBatchesTellsWhatWasTold(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Seed(1))
		orders := tank.Stream("orders", 4)
		fn := tank.Handle("orders", whole, tanktest.BatchSize(100), tanktest.MaxRetries(2))
		orders.Put(tanktest.Transactions(10_000), tanktest.Poison(5))
		tank.Advance(time.Hour)
		fn.OnFailure().Batches(t, 1)
	}, "was told of 5 batches, not of 1\nit was told, here the first 3:\n",
		"00:00:02.500  RetryAttemptsExhausted, 3 attempts: 100 records of orders, from 300 to 399 of shardId-000000000003, of which record 353 is poisoned\n record 300 of shardId-000000000003\n",
		"00:00:02.500  given up: RetryAttemptsExhausted, 3 attempts", "from 565 to 664 of shardId-000000000002", "of which record 664 is poisoned\n record 565 of", "from 1065 to 1164 of", "record 1065 of")
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, boom, tanktest.BatchSize(1), tanktest.MaxRetries(7))
		tank.Advance(90 * time.Second)
		fn.OnFailure().Batches(t, 2)
	}, "was told of 1 batches, not of 2\nit was told:\n", "RetryAttemptsExhausted, 8 attempts: 1 records of orders, from 0 to 0 of shardId-000000000000\n",
		"1 of the records of orders neither out nor told of:\n record 1 of", "attempt 1, to orders-handler-1: failed: boom\n", "waits to be sent to orders-handler-1 again")
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", boom)
		orders.Put(tanktest.Transactions(1_000), tanktest.Poison(1))
		tank.Advance(time.Millisecond)
		fn.OnFailure().Batches(t, 1)
	}, "orders-handler-1-failures: of the 1000 records that were put to orders 1000 are still to come at ")
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", boom, tanktest.MaxRetries(0))
		orders.Put(tanktest.Transactions(8), tanktest.Poison(8))
		tank.Advance(time.Hour)
		fn.OnFailure().Batches(t, 0)
	}, "was told of 1 batches, not of 0\nit was told:\n", "8 records of orders, from 0 to 7 of shardId-000000000000, of which 8 are poisoned, record 0 first\n")
}
