import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * The KPL, whose native daemon speaks TLS alone, writing to a stream that is split meanwhile, and the KCL reading it: every user record
 * once. The arguments are the https endpoint, the DynamoDB for the KCL's leases, the CA's file, and aggregated or single.
 */
public final class Kpl {
    public static void main(String[] args) throws Exception {
        try {
            boolean aggregated = args[3].equals("aggregated");
            URI endpoint = URI.create(args[0]);
            var stream = new Stream(args[0], "kpl-" + args[3]);
            var application = new Application(stream, args[1], false);
            var producer = new KinesisProducer(new KinesisProducerConfiguration().setRegion("eu-central-1").setCredentialsProvider(Stream.ANY)
                .setKinesisEndpoint(endpoint.getHost()).setKinesisPort(endpoint.getPort())
                .setStsEndpoint(endpoint.getHost()).setStsPort(endpoint.getPort()) // it asks who it is before its first record
                .setCaCertFile(args[2]).setMetricsLevel("none")
               .setAggregationEnabled(aggregated).setRecordMaxBufferedTime(2000).setRateLimit(80));
            put(producer, stream, 0, 3000);
            application.await(1);
            stream.split();
            // Until a record went elsewhere than it foresaw, the KPL does not know of the split. An aggregate that spans the children it sends
            // again, whole while it does not know the child, and afterwards only what is elsewhere of it; the KCL drops it whole. So these
            // may be lost, by no fault of the server: they are not counted.
            put(producer, stream, Application.UNCOUNTED, Application.UNCOUNTED + 30);
            put(producer, stream, 3000, 6000);
            application.end(6000, false);
            Application.check(aggregated == application.aggregated > 0, application.aggregated + " records came out of aggregates");
            producer.destroy();
            stream.delete();
            System.out.printf("KPL, %s, https: 6,000 user records through a split, each once to the KCL, %d out of aggregates%n", args[3], application.aggregated);
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void put(KinesisProducer producer, Stream stream, int from, int to) throws Exception {
        List<Future<UserRecordResult>> results = new ArrayList<>();
        for (int n = from; n < to; n++) {
            results.add(producer.addUserRecord(stream.name, Stream.key(n), ByteBuffer.wrap(String.valueOf(n).getBytes(StandardCharsets.UTF_8))));
        }
        producer.flush();
        for (var r : results) {
            Application.check(r.get(60, TimeUnit.SECONDS).isSuccessful(), "a record was not put: " + r.get().getAttempts());
        }
    }
}
