import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.math.BigInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.ProtocolNegotiation;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.*;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Kinesis as the AWS SDK for Java v2 uses it: CBOR, HTTP/2 by prior knowledge or by ALPN, and the event stream. One whole cycle of
 * produce, reshard and consume. The endpoint is the first argument, the negotiation the second: assume, or alpn.
 */
public final class Kinesis {
    private static final String STREAM = "java";
    private final KinesisAsyncClient kinesis;

    private Kinesis(String endpoint, ProtocolNegotiation negotiation) {
        var http = NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP2).protocolNegotiation(negotiation).maxConcurrency(50)
            .buildWithDefaults(AttributeMap.builder().put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true).build());
        kinesis = KinesisAsyncClient.builder().httpClient(http).endpointOverride(URI.create(endpoint)).region(Region.EU_CENTRAL_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"))).build();
    }

    public static void main(String[] args) throws Exception {
        var negotiation = args[1].equals("alpn") ? ProtocolNegotiation.ALPN : ProtocolNegotiation.ASSUME_PROTOCOL;
        new Kinesis(args[0], negotiation).cycle();
        System.out.printf("AWS SDK for Java v2, %s HTTP/2 (%s), CBOR: 3,000 records through a split, a merge and UpdateShardCount, each key in order%n",
            URI.create(args[0]).getScheme(), args[1]);
        System.exit(0);
    }

    private void cycle() throws Exception {
        wait(kinesis.createStream(b -> b.streamName(STREAM).shardCount(2).tags(Map.of("team", "data"))));
        String arn = active().streamARN();
        check(wait(kinesis.listTagsForStream(b -> b.streamName(STREAM))).tags().get(0).value().equals("data"), "the tag");
        try {
            wait(kinesis.describeStream(b -> b.streamName("nowhere")));
            check(false, "a stream that is not there");
        } catch (ResourceNotFoundException e) {
            check(e.requestId() != null && e.awsErrorDetails().errorMessage().contains("nowhere"), e.toString());
        }
        var reading = CompletableFuture.supplyAsync(this::read);
        put(0, 1000);
        Shard first = open().get(0);
        BigInteger middle = new BigInteger(first.hashKeyRange().startingHashKey()).add(new BigInteger(first.hashKeyRange().endingHashKey())).shiftRight(1);
        wait(kinesis.splitShard(b -> b.streamName(STREAM).shardToSplit(first.shardId()).newStartingHashKey(middle.toString())));
        active();
        put(1000, 2000);
        var three = open();
        check(three.size() == 3, "three open shards");
        wait(kinesis.mergeShards(b -> b.streamName(STREAM).shardToMerge(three.get(1).shardId()).adjacentShardToMerge(three.get(2).shardId())));
        active();
        wait(kinesis.updateShardCount(b -> b.streamName(STREAM).targetShardCount(4).scalingType(ScalingType.UNIFORM_SCALING)));
        active();
        put(2000, 3000);
        check(reading.get(90, TimeUnit.SECONDS) == 3000, "all records");
        fanOut(arn);
        wait(kinesis.deleteStream(b -> b.streamName(STREAM).enforceConsumerDeletion(true)));
        kinesis.waiter().waitUntilStreamNotExists(b -> b.streamName(STREAM)).get(60, TimeUnit.SECONDS);
    }

    private void fanOut(String arn) throws Exception {
        String consumer = wait(kinesis.registerStreamConsumer(b -> b.streamARN(arn).consumerName("reader"))).consumer().consumerARN();
        while (wait(kinesis.describeStreamConsumer(b -> b.consumerARN(consumer))).consumerDescription().consumerStatus() != ConsumerStatus.ACTIVE) {
            Thread.sleep(200);
        }
        Shard shard = open().get(0);
        var pushed = new ArrayList<Integer>();
        var all = new CompletableFuture<Void>();
        var begun = new CompletableFuture<Void>();
        Consumer<SubscribeToShardEvent> event = e -> {
            check(e.continuationSequenceNumber() != null, "ContinuationSequenceNumber");
            e.records().forEach(r -> pushed.add((int) r.data().asByteArray()[0]));
            if (pushed.size() == 3) {
                all.complete(null);
            }
        };
        var handler = SubscribeToShardResponseHandler.builder().onResponse(r -> begun.complete(null)).onError(all::completeExceptionally)
            .subscriber(SubscribeToShardResponseHandler.Visitor.builder().onSubscribeToShardEvent(event).build()).build();
        kinesis.subscribeToShard(b -> b.consumerARN(consumer).shardId(shard.shardId()).startingPosition(p -> p.type(ShardIteratorType.LATEST)), handler);
        begun.get(30, TimeUnit.SECONDS);
        for (int n = 0; n < 3; n++) {
            byte[] data = {(byte) n};
            wait(kinesis.putRecord(b -> b.streamName(STREAM).partitionKey("pushed").explicitHashKey(shard.hashKeyRange().startingHashKey()).data(SdkBytes.fromByteArray(data))));
        }
        all.get(30, TimeUnit.SECONDS);
        check(pushed.equals(List.of(0, 1, 2)), "what was pushed: " + pushed);
    }

    private StreamDescriptionSummary active() throws Exception {
        kinesis.waiter().waitUntilStreamExists(b -> b.streamName(STREAM)).get(60, TimeUnit.SECONDS);
        for (;;) {
            var summary = wait(kinesis.describeStreamSummary(b -> b.streamName(STREAM))).streamDescriptionSummary();
            if (summary.streamStatus() == StreamStatus.ACTIVE) {
                return summary;
            }
            Thread.sleep(200);
        }
    }

    private List<Shard> shards() {
        return wait(kinesis.listShards(b -> b.streamName(STREAM))).shards();
    }

    private List<Shard> open() {
        return shards().stream().filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
            .sorted(Comparator.comparing(s -> new BigInteger(s.hashKeyRange().startingHashKey()))).toList();
    }

    private void put(int from, int to) throws Exception {
        for (int at = from; at < to; at += 100) {
            List<PutRecordsRequestEntry> entries = new ArrayList<>();
            for (int n = at; n < at + 100; n++) {
                entries.add(PutRecordsRequestEntry.builder().partitionKey("key-" + n % 10).data(SdkBytes.fromUtf8String(String.valueOf(n))).build());
            }
            while (!entries.isEmpty()) {
                var sent = entries;
                var results = wait(kinesis.putRecords(b -> b.streamName(STREAM).records(sent))).records();
                entries = new ArrayList<>();
                for (int i = 0; i < sent.size(); i++) {
                    if (results.get(i).errorCode() != null) {
                        entries.add(sent.get(i));
                    }
                }
                if (!entries.isEmpty()) {
                    Thread.sleep(300);
                }
            }
        }
    }

    /** Reads all shards, parents before children, until it has all records. */
    private int read() {
        Map<String, List<Integer>> got = new HashMap<>();
        Map<String, String> at = new HashMap<>();
        Set<String> over = new HashSet<>();
        shards().stream().filter(s -> s.parentShardId() == null).forEach(s -> at.put(s.shardId(), begin(s.shardId())));
        int n = 0;
        for (long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos(); n < 3000; sleep(250)) {
            check(System.nanoTime() < deadline, n + " records after a minute");
            for (String shard : List.copyOf(at.keySet())) {
                GetRecordsResponse out;
                try {
                    out = wait(kinesis.getRecords(b -> b.shardIterator(at.get(shard))));
                } catch (ProvisionedThroughputExceededException e) {
                    continue;
                }
                for (var r : out.records()) {
                    check(r.approximateArrivalTimestamp().isAfter(java.time.Instant.now().minusSeconds(120)), "arrived at " + r.approximateArrivalTimestamp());
                    got.computeIfAbsent(r.partitionKey(), k -> new ArrayList<>()).add(Integer.valueOf(r.data().asUtf8String()));
                    n++;
                }
                if (out.nextShardIterator() != null) {
                    at.put(shard, out.nextShardIterator());
                    continue;
                }
                at.remove(shard);
                over.add(shard);
                out.childShards().stream().filter(c -> over.containsAll(c.parentShards()) && !at.containsKey(c.shardId()) && !over.contains(c.shardId()))
                    .forEach(c -> at.put(c.shardId(), begin(c.shardId())));
            }
        }
        got.forEach((key, numbers) -> check(numbers.stream().distinct().sorted().toList().equals(numbers), key + ": out of order, or twice"));
        return n;
    }

    private String begin(String shard) {
        return wait(kinesis.getShardIterator(b -> b.streamName(STREAM).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON))).shardIterator();
    }

    private static <T> T wait(CompletableFuture<T> answer) {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new CompletionException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
