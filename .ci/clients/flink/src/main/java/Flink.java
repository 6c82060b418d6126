import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.kinesis.shaded.com.amazonaws.auth.AWSStaticCredentialsProvider;
import org.apache.flink.kinesis.shaded.com.amazonaws.auth.BasicAWSCredentials;
import org.apache.flink.kinesis.shaded.com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import org.apache.flink.kinesis.shaded.com.amazonaws.services.kinesis.AmazonKinesis;
import org.apache.flink.kinesis.shaded.com.amazonaws.services.kinesis.AmazonKinesisClientBuilder;
import org.apache.flink.kinesis.shaded.com.amazonaws.services.kinesis.model.DeleteStreamRequest;
import org.apache.flink.kinesis.shaded.com.amazonaws.services.kinesis.model.ListShardsRequest;
import org.apache.flink.kinesis.shaded.com.amazonaws.services.kinesis.model.Shard;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisProducer;
import org.apache.flink.streaming.connectors.kinesis.serialization.KinesisDeserializationSchema;

/**
 * Flink's connector: a job whose sink is the KPL, aggregating, and a job whose source polls or subscribes, on a stream that is split
 * meanwhile. Every user record once, each shard's in order of their sequence numbers. The streams are made with the SDK for Java v1 that it brings. The arguments
 * are the http endpoint, the https one, which the KPL needs, and POLLING or EFO.
 */
public final class Flink {
    private static final List<Integer> got = new ArrayList<>(); // the cluster is this process
    private static final Map<String, BigInteger> last = new HashMap<>(); // the sequence number, by shard
    private static final List<String> wrong = new ArrayList<>();

    public static void main(String[] args) {
        try {
            cycle(args[0], URI.create(args[1]), args[2]);
            System.out.printf("Flink 1.19, connector 4.3.0 (%s, KPL): 4,000 user records through a split, each once and each shard's in order%n", args[2]);
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void cycle(String endpoint, URI secure, String publisher) throws Exception {
        String stream = "flink-" + publisher;
        AmazonKinesis kinesis = AmazonKinesisClientBuilder.standard().withEndpointConfiguration(new EndpointConfiguration(endpoint, "eu-central-1"))
            .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials("any", "any"))).build();
        kinesis.createStream(stream, 2);
        active(kinesis, stream);
        var reading = environment();
        reading.addSource(new FlinkKinesisConsumer<>(stream, new Schema(), source(endpoint, publisher))).addSink(new Collector());
        var job = reading.executeAsync();
        write(stream, secure, 0, 2000);
        await(2000);
        Shard first = kinesis.listShards(new ListShardsRequest().withStreamName(stream)).getShards().stream().min(Comparator.comparing(Shard::getShardId)).get();
        var range = first.getHashKeyRange();
        BigInteger middle = new BigInteger(range.getStartingHashKey()).add(new BigInteger(range.getEndingHashKey())).shiftRight(1);
        kinesis.splitShard(stream, first.getShardId(), middle.toString());
        active(kinesis, stream);
        write(stream, secure, 2000, 4000);
        await(4000);
        var ended = job.getJobExecutionResult().handle((result, cancelled) -> true);
        job.cancel().get(60, TimeUnit.SECONDS);
        ended.get(60, TimeUnit.SECONDS);
        synchronized (got) {
            check(wrong.isEmpty(), String.join("; ", wrong));
            check(got.size() == 4000 && new HashSet<>(got).size() == 4000, got.size() + " records where 4000 were written");
        }
        kinesis.deleteStream(new DeleteStreamRequest().withStreamName(stream).withEnforceConsumerDeletion(true));
    }

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createLocalEnvironment(1);
    }

    private static Properties source(String endpoint, String publisher) {
        var p = aws();
        p.setProperty("aws.endpoint", endpoint);
        p.setProperty("flink.stream.initpos", "TRIM_HORIZON");
        p.setProperty("flink.shard.discovery.intervalmillis", "1000");
        p.setProperty("flink.stream.recordpublisher", publisher);
        p.setProperty("flink.stream.efo.consumername", "flink");
        return p;
    }

    private static Properties aws() {
        var p = new Properties();
        p.setProperty("aws.region", "eu-central-1");
        p.setProperty("aws.credentials.provider", "BASIC");
        p.setProperty("aws.credentials.provider.basic.accesskeyid", "any");
        p.setProperty("aws.credentials.provider.basic.secretkey", "any");
        return p;
    }

    private static void write(String stream, URI secure, int from, int to) throws Exception {
        var p = aws();
        p.setProperty("KinesisEndpoint", secure.getHost());
        p.setProperty("KinesisPort", String.valueOf(secure.getPort()));
        p.setProperty("VerifyCertificate", "false");
        p.setProperty("MetricsLevel", "none");
        p.setProperty("RateLimit", "80");
        var sink = new FlinkKinesisProducer<>(new org.apache.flink.api.common.serialization.SimpleStringSchema(), p);
        sink.setDefaultStream(stream);
        sink.setFailOnError(true);
        sink.setCustomPartitioner(new Partitioner());
        var writing = environment();
        writing.fromSequence(from, to - 1).map(String::valueOf).returns(Types.STRING).addSink(sink);
        writing.execute();
    }

    private static void active(AmazonKinesis kinesis, String stream) throws Exception {
        while (!kinesis.describeStream(stream).getStreamDescription().getStreamStatus().equals("ACTIVE")) {
            Thread.sleep(200);
        }
    }

    private static int count() {
        synchronized (got) {
            return got.size();
        }
    }

    private static void await(int want) throws Exception {
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); count() < want; Thread.sleep(100)) {
            check(System.nanoTime() < deadline, count() + " of " + want + " records after a minute");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static final class Partitioner extends org.apache.flink.streaming.connectors.kinesis.KinesisPartitioner<String> {
        @Override public String getPartitionId(String element) {
            return "key-" + Integer.parseInt(element) % 10;
        }
    }

    private static final class Schema implements KinesisDeserializationSchema<String> {
        @Override public String deserialize(byte[] value, String key, String sequence, long arrival, String stream, String shard) {
            return shard + " " + sequence + " " + new String(value);
        }

        @Override public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }

    private static final class Collector implements SinkFunction<String> {
        @Override public void invoke(String value, Context context) {
            String[] of = value.split(" ");
            var sequence = new BigInteger(of[1]);
            synchronized (got) {
                var before = last.put(of[0], sequence);
                if (before != null && before.compareTo(sequence) > 0) {
                    wrong.add(sequence + " comes after " + before + " in " + of[0]);
                }
                got.add(Integer.valueOf(of[2]));
            }
        }
    }
}
