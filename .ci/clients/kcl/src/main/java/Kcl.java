import java.net.URI;

/**
 * The KCL, polling or with fan-out, on a stream that is split and merged while it reads: every record once, each key in order, parents
 * before children. The arguments are the endpoint, that of a DynamoDB for the leases, and polling or fan-out.
 */
public final class Kcl {
    public static void main(String[] args) throws Exception {
        try {
            boolean fanOut = args[2].equals("fan-out");
            var stream = new Stream(args[0], "kcl-" + args[2]);
            var application = new Application(stream, args[1], fanOut);
            stream.put(0, 1000);
            application.await(1);
            stream.split();
            stream.put(1000, 2000);
            application.begun(4); // of a shard whose child has a parent without a lease the KCL gives its own lease up for a while
            stream.merge();
            stream.put(2000, 3000);
            application.end(3000, true);
            stream.delete();
            System.out.printf("KCL %s, %s, %s: 3,000 records through a split and a merge, each key in order, parents before children%n",
                software.amazon.kinesis.retrieval.RetrievalConfig.KINESIS_CLIENT_LIB_USER_AGENT_VERSION, args[2], URI.create(args[0]).getScheme());
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
