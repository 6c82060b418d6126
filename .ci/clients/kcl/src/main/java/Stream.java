import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.utils.AttributeMap;

/** A stream that is made, written to, resharded and deleted with the AWS SDK for Java v2. Record n has the key n % 10 and the text n. */
final class Stream {
    static final StaticCredentialsProvider ANY = StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"));
    final KinesisAsyncClient kinesis;
    final String name;

    Stream(String endpoint, String name) throws Exception {
        var http = NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP2).maxConcurrency(100)
            .connectionAcquisitionTimeout(Duration.ofMinutes(1)).connectionTimeout(Duration.ofMinutes(1)) // a busy machine is no failure
            .buildWithDefaults(AttributeMap.builder().put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true).build());
        kinesis = KinesisAsyncClient.builder().httpClient(http).endpointOverride(URI.create(endpoint)).region(Region.EU_CENTRAL_1).credentialsProvider(ANY).build();
        this.name = name;
        kinesis.createStream(b -> b.streamName(name).shardCount(2)).get(30, TimeUnit.SECONDS);
        active();
    }

    void active() throws Exception {
        for (;;) {
            var summary = kinesis.describeStreamSummary(b -> b.streamName(name)).get(30, TimeUnit.SECONDS).streamDescriptionSummary();
            if (summary.streamStatus() == StreamStatus.ACTIVE) {
                return;
            }
            Thread.sleep(200);
        }
    }

    void put(int from, int to) throws Exception {
        for (int at = from; at < to; at += 100) {
            List<PutRecordsRequestEntry> entries = new ArrayList<>();
            for (int n = at; n < at + 100; n++) {
                entries.add(PutRecordsRequestEntry.builder().partitionKey(key(n)).data(SdkBytes.fromUtf8String(String.valueOf(n))).build());
            }
            while (!entries.isEmpty()) {
                var sent = entries;
                var results = kinesis.putRecords(b -> b.streamName(name).records(sent)).get(30, TimeUnit.SECONDS).records();
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

    static String key(int n) {
        return "key-" + n % 10;
    }

    /** Splits the first open shard in the middle. */
    void split() throws Exception {
        Shard first = open().get(0);
        BigInteger middle = new BigInteger(first.hashKeyRange().startingHashKey()).add(new BigInteger(first.hashKeyRange().endingHashKey())).shiftRight(1);
        kinesis.splitShard(b -> b.streamName(name).shardToSplit(first.shardId()).newStartingHashKey(middle.toString())).get(30, TimeUnit.SECONDS);
        active();
    }

    /** Merges the last two open shards. */
    void merge() throws Exception {
        var open = open();
        String low = open.get(open.size() - 2).shardId(), high = open.get(open.size() - 1).shardId();
        kinesis.mergeShards(b -> b.streamName(name).shardToMerge(low).adjacentShardToMerge(high)).get(30, TimeUnit.SECONDS);
        active();
    }

    List<Shard> shards() throws Exception {
        return kinesis.listShards(b -> b.streamName(name)).get(30, TimeUnit.SECONDS).shards();
    }

    private List<Shard> open() throws Exception {
        return shards().stream().filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
            .sorted(Comparator.comparing(s -> new BigInteger(s.hashKeyRange().startingHashKey()))).toList();
    }

    void delete() throws Exception {
        kinesis.deleteStream(b -> b.streamName(name).enforceConsumerDeletion(true)).get(30, TimeUnit.SECONDS);
    }
}
