// Kinesis as the AWS SDK for JavaScript v3 uses it, HTTP/2 by default: one whole cycle of produce, reshard and consume, with
// paginators, waiters, typed errors and the event stream. The endpoint is the one argument.

import assert from 'node:assert/strict';
import {
  AddTagsToStreamCommand, CreateStreamCommand, DeleteStreamCommand, DeregisterStreamConsumerCommand, DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListTagsForStreamCommand, MergeShardsCommand,
  ProvisionedThroughputExceededException, PutRecordsCommand, RegisterStreamConsumerCommand, ResourceNotFoundException, SplitShardCommand,
  SubscribeToShardCommand, UpdateShardCountCommand, paginateListStreamConsumers, waitUntilStreamExists, waitUntilStreamNotExists,
  ListShardsCommand, DescribeStreamCommand,
} from '@aws-sdk/client-kinesis';

const [endpoint] = process.argv.slice(2);
const kinesis = new KinesisClient({ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' }, maxAttempts: 6 });
const StreamName = 'javascript';
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const send = command => kinesis.send(command);

async function active() {
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StreamName });
  for (;;) {
    const { StreamDescriptionSummary: summary } = await send(new DescribeStreamSummaryCommand({ StreamName }));
    if (summary.StreamStatus === 'ACTIVE') return summary;
    await sleep(200);
  }
}

async function shards() {
  const found = [];
  for (let NextToken; ;) {
    const out = await send(new ListShardsCommand(NextToken ? { NextToken, MaxResults: 2 } : { StreamName, MaxResults: 2 }));
    found.push(...out.Shards);
    if (!(NextToken = out.NextToken)) return found;
  }
}

const stillOpen = async () => (await shards()).filter(s => !s.SequenceNumberRange.EndingSequenceNumber)
  .sort((a, b) => (BigInt(a.HashKeyRange.StartingHashKey) < BigInt(b.HashKeyRange.StartingHashKey) ? -1 : 1));

async function put(from, to) {
  let entries = [];
  for (let n = from; n < to; n++) entries.push({ PartitionKey: `key-${n % 10}`, Data: new TextEncoder().encode(String(n)) });
  while (entries.length > 0) {
    const { Records } = await send(new PutRecordsCommand({ StreamName, Records: entries }));
    entries = entries.filter((_, i) => Records[i].ErrorCode);
    if (entries.length > 0) await sleep(300);
  }
}

// read reads all shards, parents before children, until it has so many records.
async function read(want) {
  const got = new Map(), over = new Set(), at = new Map();
  const begin = async ShardId => at.set(ShardId, (await send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))).ShardIterator);
  for (const s of await shards()) if (!s.ParentShardId) await begin(s.ShardId);
  let n = 0;
  for (const deadline = Date.now() + 60_000; n < want;) {
    assert.ok(Date.now() < deadline, `${n} of ${want} records after a minute`);
    for (const [shard, ShardIterator] of [...at]) {
      let out;
      try {
        out = await send(new GetRecordsCommand({ ShardIterator }));
      } catch (e) {
        if (e instanceof ProvisionedThroughputExceededException) continue;
        throw e;
      }
      for (const r of out.Records) {
        if (!got.has(r.PartitionKey)) got.set(r.PartitionKey, []);
        got.get(r.PartitionKey).push(Number(new TextDecoder().decode(r.Data)));
        n++;
      }
      if (out.NextShardIterator) {
        at.set(shard, out.NextShardIterator);
        continue;
      }
      at.delete(shard);
      over.add(shard);
      for (const c of out.ChildShards) {
        if (c.ParentShards.every(p => over.has(p)) && !over.has(c.ShardId) && !at.has(c.ShardId)) await begin(c.ShardId);
      }
    }
    await sleep(250);
  }
  for (const [key, numbers] of got) {
    numbers.forEach((v, i) => assert.ok(i === 0 || numbers[i - 1] < v, `${key}: out of order, or twice`));
  }
  return n;
}

await send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
const { StreamARN } = await active();
await assert.rejects(send(new DescribeStreamCommand({ StreamName: 'nowhere' })), ResourceNotFoundException);
await send(new AddTagsToStreamCommand({ StreamName, Tags: { team: 'data' } }));
assert.deepEqual((await send(new ListTagsForStreamCommand({ StreamName }))).Tags, [{ Key: 'team', Value: 'data' }]);

const reader = read(3000);
reader.catch(() => {}); // told below
for (let n = 0; n < 1000; n += 100) await put(n, n + 100);
const [first] = await stillOpen();
const middle = (BigInt(first.HashKeyRange.StartingHashKey) + BigInt(first.HashKeyRange.EndingHashKey)) / 2n;
await send(new SplitShardCommand({ StreamName, ShardToSplit: first.ShardId, NewStartingHashKey: String(middle) }));
await active();
for (let n = 1000; n < 2000; n += 100) await put(n, n + 100);
const three = await stillOpen();
assert.equal(three.length, 3);
await send(new MergeShardsCommand({ StreamName, ShardToMerge: three[1].ShardId, AdjacentShardToMerge: three[2].ShardId }));
await active();
await send(new UpdateShardCountCommand({ StreamName, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }));
await active();
for (let n = 2000; n < 3000; n += 100) await put(n, n + 100);
assert.equal(await reader, 3000);

const { Consumer: { ConsumerARN } } = await send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'reader' }));
while ((await send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription.ConsumerStatus !== 'ACTIVE') await sleep(200);
const listed = [];
for await (const page of paginateListStreamConsumers({ client: kinesis }, { StreamARN })) listed.push(...page.Consumers);
assert.deepEqual(listed.map(c => c.ConsumerName), ['reader']);
const [shard] = await stillOpen();
const subscription = await send(new SubscribeToShardCommand({ ConsumerARN, ShardId: shard.ShardId, StartingPosition: { Type: 'LATEST' } }));
await send(new PutRecordsCommand({
  StreamName,
  Records: [0, 1, 2].map(n => ({ PartitionKey: 'pushed', ExplicitHashKey: shard.HashKeyRange.StartingHashKey, Data: Uint8Array.of(n) })),
}));
const pushed = [];
for await (const { SubscribeToShardEvent: event } of subscription.EventStream) {
  assert.ok(event.ContinuationSequenceNumber);
  pushed.push(...event.Records.map(r => r.Data[0]));
  if (pushed.length === 3) break;
}
assert.deepEqual(pushed, [0, 1, 2]);
await send(new DeregisterStreamConsumerCommand({ ConsumerARN }));
await send(new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
await waitUntilStreamNotExists({ client: kinesis, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StreamName });
console.log(`AWS SDK for JavaScript v3, ${new URL(endpoint).protocol.slice(0, -1)} HTTP/2: 3,000 records through a split, a merge and UpdateShardCount, each key in order`);
process.exit(0); // the broken-off subscription keeps its session open
