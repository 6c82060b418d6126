"""async-kinesis, a producer and a consumer of its own on aiobotocore, with and without the KPL's aggregation, on a stream that is
split and merged meanwhile. The endpoint is the one argument; AWS_CA_BUNDLE tells the CA of an https one."""

import asyncio
import collections
import logging
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_EC2_METADATA_DISABLED="true")

from aiobotocore.session import AioSession
from importlib.metadata import version
from kinesis import Consumer, Producer
from kinesis.processors import KPLJsonProcessor

ENDPOINT = sys.argv[1]
WHERE = dict(endpoint_url=ENDPOINT, region_name="eu-central-1")
logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


async def active(kinesis, name):
    while (await kinesis.describe_stream_summary(StreamName=name))["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        await asyncio.sleep(0.2)


async def still_open(kinesis, name):
    found = (await kinesis.list_shards(StreamName=name))["Shards"]
    found = [s for s in found if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
    return sorted(found, key=lambda s: int(s["HashKeyRange"]["StartingHashKey"]))


async def split(kinesis, name):
    first = (await still_open(kinesis, name))[0]
    middle = (int(first["HashKeyRange"]["StartingHashKey"]) + int(first["HashKeyRange"]["EndingHashKey"])) // 2
    await kinesis.split_shard(StreamName=name, ShardToSplit=first["ShardId"], NewStartingHashKey=str(middle))
    await active(kinesis, name)


async def merge(kinesis, name):
    low, high = (await still_open(kinesis, name))[-2:]
    await kinesis.merge_shards(StreamName=name, ShardToMerge=low["ShardId"], AdjacentShardToMerge=high["ShardId"])
    await active(kinesis, name)


async def put(name, numbers, processor=None, keyed=True, **options):
    async with Producer(stream_name=name, processor=processor, **WHERE, **options) as producer:
        for n in numbers:
            await producer.put({"key": n % 10, "n": n}, partition_key=f"key-{n % 10}" if keyed else None)


async def read(name, want, processor=None):
    """Until it has so many records, for a minute at most. The consumer itself ends whenever nothing comes for a while."""
    got = []
    async with asyncio.timeout(60), Consumer(stream_name=name, processor=processor, sleep_time_no_records=0.3, shard_fetch_rate=4, **WHERE) as consumer:
        consumer._shard_refresh_interval = 1  # 60 s, and no argument for it
        while len(got) < want:
            async for item in consumer:
                got += [item] if isinstance(item, dict) else item
                if len(got) >= want:
                    break
    return got


async def cycle(kinesis, name, processor, **options):
    """3,000 records through a split and a merge, each once; each key's in order where records are not aggregated."""
    aggregated = processor is not None
    made = processor or (lambda: None)
    await kinesis.create_stream(StreamName=name, ShardCount=2)
    await active(kinesis, name)
    reading = asyncio.create_task(read(name, 3000, made()))
    for change, numbers in ((split, range(1000)), (merge, range(1000, 2000)), (None, range(2000, 3000))):
        await put(name, numbers, made(), keyed=not aggregated, **options)
        if change:
            await change(kinesis, name)
    by_key = collections.defaultdict(list)
    for item in await reading:
        by_key[item["key"]].append(item["n"])
    assert sorted(n for numbers in by_key.values() for n in numbers) == list(range(3000)), f"{name}: a record is missing, or came twice"
    if not aggregated:
        for key, numbers in by_key.items():
            assert numbers == sorted(numbers), f"{name}, {key}: out of order"
    await kinesis.delete_stream(StreamName=name)


async def main():
    async with AioSession().create_client("kinesis", **WHERE) as kinesis:
        # Below the limits: what is throttled and put again comes out of order, here as on AWS.
        await cycle(kinesis, "single", None, batch_size=300, put_rate_limit_per_shard=400)
        await cycle(kinesis, "aggregated", KPLJsonProcessor)
    print(f"async-kinesis {version('async-kinesis')}, {ENDPOINT.split(':')[0]}: 3,000 records through a split and a merge, each key in order; as many user records in aggregates")


asyncio.run(main())
