"""Telegraf: outputs.kinesis writes metrics, inputs.kinesis_consumer reads them, on a stream that is split and merged meanwhile. The
arguments are the endpoint and the program; AWS_CA_BUNDLE tells the CA of an https one. The stream is made and changed with boto3."""

import collections
import os
import re
import subprocess
import sys
import tempfile
import time

import boto3

ENDPOINT, TELEGRAF = sys.argv[1:3]
os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_DEFAULT_REGION="eu-central-1", AWS_EC2_METADATA_DISABLED="true")
kinesis = boto3.client("kinesis", endpoint_url=ENDPOINT)

AGENT = """
[agent]
  interval = "1s"
  flush_interval = "1s"
  metric_batch_size = 500
  metric_buffer_limit = 100000
  omit_hostname = true
"""
WRITER = AGENT + """
[[inputs.file]]
  files = ["{dir}/in"]
  data_format = "influx"
[[outputs.kinesis]]
  region = "eu-central-1"
  endpoint_url = "{endpoint}"
  streamname = "telegraf"
  data_format = "influx"
  [outputs.kinesis.partition]
    method = "tag"
    key = "key"
"""
READER = AGENT + """
[[inputs.kinesis_consumer]]
  region = "eu-central-1"
  endpoint_url = "{endpoint}"
  streamname = "telegraf"
  shard_iterator_type = "TRIM_HORIZON"
  shard_update_interval = "1s"
  data_format = "influx"
[[outputs.file]]
  files = ["{dir}/out"]
  data_format = "influx"
"""


def active():
    while kinesis.describe_stream_summary(StreamName="telegraf")["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        time.sleep(0.2)


def still_open():
    found = [s for s in kinesis.list_shards(StreamName="telegraf")["Shards"] if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
    return sorted(found, key=lambda s: int(s["HashKeyRange"]["StartingHashKey"]))


def split():
    first = still_open()[0]
    middle = (int(first["HashKeyRange"]["StartingHashKey"]) + int(first["HashKeyRange"]["EndingHashKey"])) // 2
    kinesis.split_shard(StreamName="telegraf", ShardToSplit=first["ShardId"], NewStartingHashKey=str(middle))
    active()


def merge():
    low, high = still_open()[-2:]
    kinesis.merge_shards(StreamName="telegraf", ShardToMerge=low["ShardId"], AdjacentShardToMerge=high["ShardId"])
    active()


def config(directory, name, text):
    path = f"{directory}/{name}.conf"
    with open(path, "w") as f:
        f.write(text.format(dir=directory, endpoint=ENDPOINT))
    return path


def write(directory, numbers):
    with open(f"{directory}/in", "w") as f:
        f.writelines(f"click,key=key-{n % 10} n={n}i {1700000000000000000 + n}\n" for n in numbers)
    log = subprocess.run([TELEGRAF, "--config", config(directory, "writer", WRITER), "--once"], capture_output=True, text=True, timeout=60)
    assert log.returncode == 0 and " E! " not in log.stderr, log.stderr


def read(directory):
    by_key = collections.defaultdict(list)
    if os.path.exists(f"{directory}/out"):
        for key, n in re.findall(r"^click,key=(key-\d) n=(\d+)i \d+\n", open(f"{directory}/out").read(), re.MULTILINE):
            by_key[key].append(int(n))
    return by_key


def await_records(directory, want):
    deadline = time.time() + 60
    while (got := sum(map(len, read(directory).values()))) < want:
        assert time.time() < deadline, f"{got} of {want} records after a minute"
        time.sleep(0.2)


def cycle(directory):
    kinesis.create_stream(StreamName="telegraf", ShardCount=2)
    active()
    log = open(f"{directory}/log", "w+")
    reader = subprocess.Popen([TELEGRAF, "--config", config(directory, "reader", READER)], stderr=log)
    try:
        # The input drops the records that come with the end of a shard, so all are read before a shard ends. The output drops what is
        # throttled, so there are no more than one shard takes at once.
        for change, numbers in ((split, range(300)), (merge, range(300, 600)), (None, range(600, 900))):
            write(directory, numbers)
            await_records(directory, numbers.stop)
            if change:
                change()
    finally:
        reader.terminate()
        reader.wait(30)
    log.seek(0)
    errors = [line for line in log if " E! " in line]
    assert not errors, errors
    for key, numbers in read(directory).items():
        assert numbers == sorted(set(numbers)), f"{key}: out of order, or twice"
    assert sum(map(len, read(directory).values())) == 900
    kinesis.delete_stream(StreamName="telegraf")


with tempfile.TemporaryDirectory() as directory:
    cycle(directory)
print(f"Telegraf, {ENDPOINT.split(':')[0]}: 900 metrics through a split and a merge, each key in order")
