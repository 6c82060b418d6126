//! Kinesis as the AWS SDK for Rust uses it: one whole cycle of produce, reshard and consume, with typed errors and the event
//! stream. The endpoint is the one argument.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{
    PutRecordsRequestEntry, ScalingType, Shard, ShardIteratorType, StartingPosition, StreamStatus, SubscribeToShardEventStream,
};
use aws_sdk_kinesis::Client;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const STREAM: &str = "rust";

#[tokio::main]
async fn main() -> Outcome<()> {
    let endpoint = std::env::args().nth(1).expect("an endpoint");
    let config = aws_sdk_kinesis::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&endpoint)
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .build();
    let kinesis = Client::from_conf(config);
    kinesis.create_stream().stream_name(STREAM).shard_count(2).send().await?;
    active(&kinesis).await?;
    let missing = kinesis.describe_stream().stream_name("nowhere").send().await.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing}");

    let reading = tokio::spawn(read(kinesis.clone()));
    put(&kinesis, 0, 1000).await?;
    let first = open(&kinesis).await?.remove(0);
    let range = first.hash_key_range().unwrap();
    let (from, to): (u128, u128) = (range.starting_hash_key().parse()?, range.ending_hash_key().parse()?);
    let middle = from + (to - from) / 2;
    kinesis.split_shard().stream_name(STREAM).shard_to_split(first.shard_id()).new_starting_hash_key(middle.to_string()).send().await?;
    active(&kinesis).await?;
    put(&kinesis, 1000, 2000).await?;
    let three = open(&kinesis).await?;
    assert_eq!(three.len(), 3);
    kinesis.merge_shards().stream_name(STREAM).shard_to_merge(three[1].shard_id()).adjacent_shard_to_merge(three[2].shard_id()).send().await?;
    active(&kinesis).await?;
    kinesis.update_shard_count().stream_name(STREAM).target_shard_count(4).scaling_type(ScalingType::UniformScaling).send().await?;
    active(&kinesis).await?;
    put(&kinesis, 2000, 3000).await?;
    assert_eq!(reading.await??, 3000);

    fan_out(&kinesis).await?;
    kinesis.delete_stream().stream_name(STREAM).enforce_consumer_deletion(true).send().await?;
    let scheme = endpoint.split(':').next().unwrap_or_default();
    println!("AWS SDK for Rust, {scheme}: 3,000 records through a split, a merge and UpdateShardCount, each key in order");
    Ok(())
}

async fn active(kinesis: &Client) -> Outcome<String> {
    loop {
        let out = kinesis.describe_stream_summary().stream_name(STREAM).send().await?;
        let summary = out.stream_description_summary().expect("a summary");
        if *summary.stream_status() == StreamStatus::Active {
            return Ok(summary.stream_arn().to_owned());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn shards(kinesis: &Client) -> Outcome<Vec<Shard>> {
    Ok(kinesis.list_shards().stream_name(STREAM).send().await?.shards().to_vec())
}

/// The open shards in the order of their ranges.
async fn open(kinesis: &Client) -> Outcome<Vec<Shard>> {
    let mut found = shards(kinesis).await?;
    found.retain(|s| s.sequence_number_range().is_some_and(|r| r.ending_sequence_number().is_none()));
    found.sort_by_key(|s| s.hash_key_range().map(|r| r.starting_hash_key().parse::<u128>().unwrap_or_default()));
    Ok(found)
}

async fn put(kinesis: &Client, from: usize, to: usize) -> Outcome<()> {
    for at in (from..to).step_by(100) {
        let mut entries = Vec::new();
        for n in at..at + 100 {
            let data = Blob::new(n.to_string());
            entries.push(PutRecordsRequestEntry::builder().partition_key(format!("key-{}", n % 10)).data(data).build()?);
        }
        while !entries.is_empty() {
            let out = kinesis.put_records().stream_name(STREAM).set_records(Some(entries.clone())).send().await?;
            entries = entries.into_iter().zip(out.records()).filter(|(_, r)| r.error_code().is_some()).map(|(e, _)| e).collect();
            if !entries.is_empty() {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    }
    Ok(())
}

async fn begin(kinesis: &Client, shard: &str) -> Outcome<String> {
    let out = kinesis.get_shard_iterator().stream_name(STREAM).shard_id(shard).shard_iterator_type(ShardIteratorType::TrimHorizon);
    Ok(out.send().await?.shard_iterator().expect("an iterator").to_owned())
}

/// Reads all shards, parents before children, until it has all records.
async fn read(kinesis: Client) -> Outcome<usize> {
    let mut got: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut at: BTreeMap<String, String> = BTreeMap::new();
    let mut over: BTreeSet<String> = BTreeSet::new();
    for s in shards(&kinesis).await? {
        if s.parent_shard_id().is_none() {
            at.insert(s.shard_id().to_owned(), begin(&kinesis, s.shard_id()).await?);
        }
    }
    let (deadline, mut n) = (Instant::now() + Duration::from_secs(60), 0);
    while n < 3000 {
        assert!(Instant::now() < deadline, "{n} records after a minute");
        for (shard, iterator) in at.clone() {
            let out = match kinesis.get_records().shard_iterator(iterator).send().await {
                Ok(out) => out,
                Err(e) if e.as_service_error().is_some_and(|e| e.is_provisioned_throughput_exceeded_exception()) => continue,
                Err(e) => return Err(e.into()),
            };
            for r in out.records() {
                let value = std::str::from_utf8(r.data().as_ref())?.parse()?;
                got.entry(r.partition_key().unwrap_or_default().to_owned()).or_default().push(value);
                n += 1;
            }
            if let Some(next) = out.next_shard_iterator() {
                at.insert(shard, next.to_owned());
                continue;
            }
            at.remove(&shard);
            over.insert(shard);
            for child in out.child_shards() {
                let id = child.shard_id();
                if child.parent_shards().iter().all(|p| over.contains(p)) && !at.contains_key(id) && !over.contains(id) {
                    at.insert(id.to_owned(), begin(&kinesis, id).await?);
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    for (key, numbers) in got {
        assert!(numbers.windows(2).all(|w| w[0] < w[1]), "{key}: out of order, or twice");
    }
    Ok(n)
}

async fn fan_out(kinesis: &Client) -> Outcome<()> {
    let arn = active(kinesis).await?;
    let out = kinesis.register_stream_consumer().stream_arn(&arn).consumer_name("reader").send().await?;
    let consumer = out.consumer().expect("a consumer").consumer_arn().to_owned();
    let shard = open(kinesis).await?.remove(0);
    let latest = StartingPosition::builder().r#type(ShardIteratorType::Latest).build()?;
    let mut subscription =
        kinesis.subscribe_to_shard().consumer_arn(&consumer).shard_id(shard.shard_id()).starting_position(latest).send().await?;
    let begin = shard.hash_key_range().unwrap().starting_hash_key();
    for n in 0..3u8 {
        kinesis.put_record().stream_name(STREAM).partition_key("pushed").explicit_hash_key(begin).data(Blob::new([n])).send().await?;
    }
    let mut pushed = Vec::new();
    while let Some(event) = subscription.event_stream.recv().await? {
        if let SubscribeToShardEventStream::SubscribeToShardEvent(e) = event {
            assert!(!e.continuation_sequence_number().is_empty());
            pushed.extend(e.records().iter().map(|r| r.data().as_ref()[0]));
        }
        if pushed.len() == 3 {
            break;
        }
    }
    assert_eq!(pushed, [0, 1, 2]);
    Ok(())
}
