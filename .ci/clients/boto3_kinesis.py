"""Kinesis as boto3 uses it: every operation, paginators, waiters, typed errors, the event stream, and one whole cycle of
produce, reshard and consume. The endpoint is the one argument; AWS_CA_BUNDLE tells the CA of an https one."""

import collections
import datetime
import sys
import threading
import time

import boto3
import botocore
import botocore.config

ENDPOINT = sys.argv[1]


def client(service):
    return boto3.client(
        service, endpoint_url=ENDPOINT, region_name="eu-central-1", aws_access_key_id="any", aws_secret_access_key="any",
        config=botocore.config.Config(retries={"total_max_attempts": 6, "mode": "standard"}, s3={"addressing_style": "path"}),
    )


kinesis = client("kinesis")
done = set()


def call(name, **arguments):
    done.add(name)
    return getattr(kinesis, name)(**arguments)


def refused(code, name, **arguments):
    """The call is refused with that error, which is one of the client's typed ones."""
    try:
        call(name, **arguments)
    except getattr(kinesis.exceptions, code) as e:
        assert e.response["Error"]["Code"] == code and e.response["ResponseMetadata"]["RequestId"], e.response
        return e.response["Error"]["Message"]
    raise AssertionError(f"{name} was not refused with {code}")


def active(name):
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    while call("describe_stream_summary", StreamName=name)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        time.sleep(0.2)


def shards(name):
    """By hand: botocore's paginator sends StreamName beside NextToken, which AWS refuses, and so does wavetank."""
    page = call("list_shards", StreamName=name, MaxResults=2)
    found = page["Shards"]
    while "NextToken" in page:
        page = call("list_shards", NextToken=page["NextToken"], MaxResults=2)
        found += page["Shards"]
    return found


def still_open(name):
    return [s for s in shards(name) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]


def streams():
    call("create_stream", StreamName="orders", ShardCount=2, Tags={"team": "data"})
    active("orders")
    call("create_stream", StreamName="on-demand", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    active("on-demand")
    assert refused("ResourceInUseException", "create_stream", StreamName="orders", ShardCount=1)
    assert refused("ResourceNotFoundException", "describe_stream", StreamName="nowhere")
    names = [n for page in kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1}) for n in page["StreamNames"]]
    done.add("list_streams")
    assert names == ["on-demand", "orders"], names
    assert len(call("describe_stream", StreamName="orders")["StreamDescription"]["Shards"]) == 2
    limits = call("describe_limits")
    assert limits["OpenShardCount"] == 2 and limits["OnDemandStreamCount"] == 1, limits
    return call("describe_stream_summary", StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]


def settings(arn):
    call("increase_stream_retention_period", StreamName="orders", RetentionPeriodHours=48)
    assert call("describe_stream_summary", StreamName="orders")["StreamDescriptionSummary"]["RetentionPeriodHours"] == 48
    call("decrease_stream_retention_period", StreamName="orders", RetentionPeriodHours=24)
    refused("InvalidArgumentException", "decrease_stream_retention_period", StreamName="orders", RetentionPeriodHours=23)
    call("start_stream_encryption", StreamName="orders", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    active("orders")
    assert call("describe_stream", StreamName="orders")["StreamDescription"]["EncryptionType"] == "KMS"
    call("stop_stream_encryption", StreamName="orders", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    active("orders")
    on = call("enable_enhanced_monitoring", StreamName="orders", ShardLevelMetrics=["IncomingBytes", "OutgoingBytes"])
    assert on["CurrentShardLevelMetrics"] == [] and len(on["DesiredShardLevelMetrics"]) == 2, on
    off = call("disable_enhanced_monitoring", StreamName="orders", ShardLevelMetrics=["ALL"])
    assert off["DesiredShardLevelMetrics"] == [], off
    call("update_max_record_size", StreamARN=arn, MaxRecordSizeInKiB=2048)
    active("orders")
    answer = call("put_record", StreamName="orders", PartitionKey="large", Data=b"x" * (3 << 19))
    assert answer["ShardId"].startswith("shardId-"), answer
    call("put_resource_policy", ResourceARN=arn, Policy='{"Version": "2012-10-17", "Statement": []}')
    assert "2012-10-17" in call("get_resource_policy", ResourceARN=arn)["Policy"]
    call("delete_resource_policy", ResourceARN=arn)
    on_demand = call("describe_stream_summary", StreamName="on-demand")["StreamDescriptionSummary"]["StreamARN"]
    call("describe_account_settings")
    call("update_account_settings", MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    call("update_stream_warm_throughput", StreamARN=on_demand, WarmThroughputMiBps=10)
    active("on-demand")
    call("update_stream_record_distribution_strategy", StreamARN=on_demand, RecordDistributionStrategy="AUTO")
    active("on-demand")
    channel(on_demand)
    call("update_stream_record_distribution_strategy", StreamARN=on_demand, RecordDistributionStrategy="USER_PARTITION_KEY")
    active("on-demand")
    call("update_stream_mode", StreamARN=on_demand, StreamModeDetails={"StreamMode": "PROVISIONED"})
    active("on-demand")


def channel(arn):
    """A channel from a stream into a bucket, from its making to its end."""
    s3 = client("s3")
    s3.create_bucket(Bucket="channelled", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    storage = {"BucketARN": "arn:aws:s3:::channelled", "ExpectedBucketOwner": "123456789012", "CompressionType": "GZIP"}
    made = call("create_channel", ChannelName="to-s3", ServiceExecutionRoleARN="arn:aws:iam::123456789012:role/delivery",
                StreamConfigurationList=[{"StreamARN": arn, "RecordConfiguration": {"RecordFormatType": "JSON"}}],
                S3DestinationConfiguration={"StorageConfiguration": storage})["ChannelDescription"]["ChannelARN"]
    kinesis.get_waiter("channel_active").wait(ChannelARN=made, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    call("update_channel", ChannelARN=made, S3DestinationConfiguration={"DataFreshnessInSeconds": 900})
    described = call("describe_channel", ChannelARN=made)["ChannelDescription"]
    assert described["S3DestinationConfiguration"]["DataFreshnessInSeconds"] == 900, described
    listed = [c["ChannelARN"] for page in kinesis.get_paginator("list_channels").paginate() for c in page["ChannelSummaries"]]
    done.add("list_channels")
    assert listed == [made], listed
    refused("ResourceInUseException", "delete_stream", StreamName="on-demand")
    call("delete_channel", ChannelARN=made)
    while call("list_channels")["ChannelSummaries"]:
        time.sleep(0.5)
    s3.delete_bucket(Bucket="channelled")


def tags(arn):
    call("add_tags_to_stream", StreamName="orders", Tags={"stage": "test", "owner": "us"})
    call("remove_tags_from_stream", StreamName="orders", TagKeys=["owner"])
    assert [t["Key"] for t in call("list_tags_for_stream", StreamName="orders")["Tags"]] == ["stage", "team"]
    call("tag_resource", ResourceARN=arn, Tags={"more": "yes"})
    call("untag_resource", ResourceARN=arn, TagKeys=["stage"])
    assert {t["Key"] for t in call("list_tags_for_resource", ResourceARN=arn)["Tags"]} == {"team", "more"}


class Reader(threading.Thread):
    """Reads a stream's shards with GetRecords, parents before children, until it has so many records."""

    def __init__(self, stream, want):
        super().__init__()
        self.stream, self.want = stream, want
        self.got = collections.defaultdict(list)  # by key
        self.error = None

    def run(self):
        try:
            self.read()
        except BaseException as e:  # told by whoever joins
            self.error = e

    def read(self):
        waiting = {s["ShardId"] for s in shards(self.stream) if "ParentShardId" not in s}
        over, deadline = set(), time.time() + 60
        at = {}
        while sum(map(len, self.got.values())) < self.want:
            assert time.time() < deadline, f"{sum(map(len, self.got.values()))} of {self.want} records after a minute"
            for shard in waiting - set(at) - over:
                at[shard] = call("get_shard_iterator", StreamName=self.stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            for shard, iterator in list(at.items()):
                try:
                    out = call("get_records", ShardIterator=iterator, Limit=1000)
                except kinesis.exceptions.ProvisionedThroughputExceededException:
                    continue
                for r in out["Records"]:
                    if r["PartitionKey"] != "large":
                        self.got[r["PartitionKey"]].append(int(r["Data"]))
                if out.get("NextShardIterator"):
                    at[shard] = out["NextShardIterator"]
                    continue
                del at[shard]
                over.add(shard)
                for child in out["ChildShards"]:
                    if set(child["ParentShards"]) <= over:
                        waiting.add(child["ShardId"])
            time.sleep(0.25)


def put(numbers):
    """Puts ten keys' numbers in order; what is refused is put again."""
    entries = [{"PartitionKey": f"key-{n % 10}", "Data": str(n).encode()} for n in numbers]
    while entries:
        answer = call("put_records", StreamName="orders", Records=entries)
        entries = [e for e, r in zip(entries, answer["Records"]) if "ErrorCode" in r]
        if entries:
            time.sleep(0.3)


def cycle(arn):
    reader = Reader("orders", 3000)
    reader.start()
    for n in range(0, 1000, 100):
        put(range(n, n + 100))
    first, second = still_open("orders")
    middle = (int(first["HashKeyRange"]["StartingHashKey"]) + int(first["HashKeyRange"]["EndingHashKey"])) // 2
    call("split_shard", StreamName="orders", ShardToSplit=first["ShardId"], NewStartingHashKey=str(middle))
    active("orders")
    for n in range(1000, 2000, 100):
        put(range(n, n + 100))
    by_range = sorted(still_open("orders"), key=lambda s: int(s["HashKeyRange"]["StartingHashKey"]))
    assert len(by_range) == 3 and len(shards("orders")) == 4
    call("merge_shards", StreamName="orders", ShardToMerge=by_range[1]["ShardId"], AdjacentShardToMerge=by_range[2]["ShardId"])
    active("orders")
    refused("InvalidArgumentException", "merge_shards", StreamName="orders", ShardToMerge=by_range[0]["ShardId"], AdjacentShardToMerge=by_range[0]["ShardId"])
    answer = call("update_shard_count", StreamName="orders", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    assert answer["CurrentShardCount"] == 2 and answer["TargetShardCount"] == 4, answer
    active("orders")
    for n in range(2000, 3000, 100):
        put(range(n, n + 100))
    reader.join()
    if reader.error:
        raise reader.error
    for key, numbers in reader.got.items():
        assert numbers == sorted(set(numbers)), f"{key}: out of order, or twice"
    assert sum(map(len, reader.got.values())) == 3000


def fan_out(arn):
    consumer = call("register_stream_consumer", StreamARN=arn, ConsumerName="reader", Tags={"kind": "fan-out"})["Consumer"]
    while call("describe_stream_consumer", ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        time.sleep(0.2)
    listed = [c for page in kinesis.get_paginator("list_stream_consumers").paginate(StreamARN=arn) for c in page["Consumers"]]
    done.add("list_stream_consumers")
    assert [c["ConsumerName"] for c in listed] == ["reader"], listed
    refused("ResourceInUseException", "register_stream_consumer", StreamARN=arn, ConsumerName="reader")
    shard = still_open("orders")[0]
    begin = int(shard["HashKeyRange"]["StartingHashKey"])
    since = datetime.datetime.now(datetime.timezone.utc)
    events = call("subscribe_to_shard", ConsumerARN=consumer["ConsumerARN"], ShardId=shard["ShardId"],
                  StartingPosition={"Type": "AT_TIMESTAMP", "Timestamp": since})["EventStream"]
    for n in range(5):
        call("put_record", StreamName="orders", PartitionKey="pushed", ExplicitHashKey=str(begin), Data=b"%d" % n)
    got = []
    for event in events:
        e = event["SubscribeToShardEvent"]
        assert e["ContinuationSequenceNumber"]
        got += [int(r["Data"]) for r in e["Records"]]
        if len(got) == 5:
            break
    events.close()
    assert got == list(range(5)), got
    refused("ResourceInUseException", "delete_stream", StreamName="orders")
    call("deregister_stream_consumer", ConsumerARN=consumer["ConsumerARN"])


def end():
    for name in ("orders", "on-demand"):
        call("delete_stream", StreamName=name, EnforceConsumerDeletion=True)
        kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


arn = streams()
tags(arn)
settings(arn)
cycle(arn)
fan_out(arn)
end()
# The SDK's model has queues, too, which came later than what is emulated.
missing = {botocore.xform_name(o) for o in kinesis.meta.service_model.operation_names if "Queue" not in o} - done
assert not missing, f"not called: {sorted(missing)}"
print(f"boto3 {boto3.__version__}, {ENDPOINT.split(':')[0]}: {len(done)} operations, 3,000 records through a split, a merge and UpdateShardCount, each key in order")
