// Package pricing turns quantities (shard hours, gigabytes, requests) into an estimate in US dollars.
//
// It holds one small table of list prices for us-east-1, each with its source, its date and how far it is to be trusted,
// and the steps in which AWS rounds what it bills. A caller counts what a run used, or what a scenario would use, in a
// [Usage]; [Usage.Estimate] prices it, [Usage.PerMonth] scales it to a month and [Summary] says both in a sentence. Who pays
// other prices writes them into a file: [ReadList] makes a [List] of it, which estimates with these in the table's place.
//
// An estimate is an estimate: free tiers, data transfer, storage, taxes and discounts are left out, shard and stream
// hours are counted pro rata, and only the items of the table are known. Everything here is a plain value and safe for
// concurrent use.
package pricing
