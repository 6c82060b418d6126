import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.*;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.RetrievalSpecificConfig;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/** A KCL application of one worker that reads a stream from its beginning, and notes what it is given. */
final class Application {
    static final int UNCOUNTED = 1_000_000; // records of this number and beyond are read, and not noted

    private final Stream stream;
    private final Scheduler scheduler;
    private final Thread thread;
    private final Map<String, List<Integer>> got = new HashMap<>(); // by key, in the order of processing
    private final Set<String> begun = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private int records;
    private boolean ending;
    int aggregated; // how many of them came out of aggregates

    /** Starts it. Its leases are in the DynamoDB of that endpoint. */
    Application(Stream stream, String dynamo, boolean fanOut) {
        this.stream = stream;
        String name = "application-" + stream.name + "-" + ProcessHandle.current().pid(); // no leases of an earlier run
        var leases = DynamoDbAsyncClient.builder().endpointOverride(URI.create(dynamo)).region(Region.EU_CENTRAL_1).credentialsProvider(Stream.ANY).build();
        var metrics = CloudWatchAsyncClient.builder().endpointOverride(URI.create(dynamo)).region(Region.EU_CENTRAL_1).credentialsProvider(Stream.ANY).build();
        var beginning = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var configs = new ConfigsBuilder(new SingleStreamTracker(stream.name, beginning), name, stream.kinesis, leases, metrics, "worker", Processor::new);
        var lease = configs.leaseManagementConfig().shardSyncIntervalMillis(2000).leaseAssignmentIntervalMillis(1000L)
            .maxCacheMissesBeforeReload(0); // else what the KPL sends twice in a reshard is not dropped for shards that it has not listed
        lease.workerUtilizationAwareAssignmentConfig().disableWorkerMetrics(true); // a container's metrics are looked for on AWS
        scheduler = new Scheduler(configs.checkpointConfig(), configs.coordinatorConfig().parentShardPollIntervalMillis(500), lease,
            configs.lifecycleConfig(), configs.metricsConfig().metricsFactory(new NullMetricsFactory()), configs.processorConfig(),
            configs.retrievalConfig().retrievalSpecificConfig(retrieval(fanOut, name)));
        thread = new Thread(scheduler);
        thread.setDaemon(true);
        thread.start();
    }

    private RetrievalSpecificConfig retrieval(boolean fanOut, String name) {
        return fanOut ? new FanOutConfig(stream.kinesis).streamName(stream.name).applicationName(name)
            : new PollingConfig(stream.name, stream.kinesis).idleTimeBetweenReadsInMillis(500);
    }

    /** Waits until there are so many records. */
    void await(int want) throws Exception {
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120); ; Thread.sleep(100)) {
            synchronized (this) {
                check(wrong.isEmpty(), String.join("; ", wrong));
                if (records >= want) {
                    return;
                }
                check(System.nanoTime() < deadline, records + " of " + want + " records after 2 min; begun " + begun + ", ended " + ended);
            }
        }
    }

    /** Waits until so many shards are read. */
    void begun(int want) throws Exception {
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; Thread.sleep(100)) {
            synchronized (this) {
                if (begun.size() >= want) {
                    return;
                }
                check(System.nanoTime() < deadline, want + " shards are there and after 60 s only " + begun + " have begun");
            }
        }
    }

    /** Waits until the end of every closed shard was told, stops, and checks that numbers 0 to want-1 came once each, each key's in order where that holds. */
    void end(int want, boolean inOrder) throws Exception {
        await(want);
        var closed = stream.shards().stream().filter(s -> s.sequenceNumberRange().endingSequenceNumber() != null).map(s -> s.shardId()).toList();
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; Thread.sleep(100)) {
            synchronized (this) {
                if (ended.containsAll(closed) && begun.size() == stream.shards().size()) {
                    break;
                }
                check(System.nanoTime() < deadline, "shards " + closed + " are closed and " + ended + " have ended after 60 s");
            }
        }
        synchronized (this) {
            ending = true;
        }
        check(scheduler.startGracefulShutdown().get(60, TimeUnit.SECONDS), "the scheduler did not shut down");
        check(wrong.isEmpty(), String.join("; ", wrong));
        var numbers = new HashSet<Integer>();
        got.forEach((key, list) -> {
            check(new HashSet<>(list).size() == list.size(), key + ": a record came twice");
            check(!inOrder || list.stream().sorted().toList().equals(list), key + ": out of order");
            list.forEach(n -> check(Stream.key(n).equals(key), n + " came with " + key));
            numbers.addAll(list);
        });
        check(numbers.size() == want && records == want, records + " records where " + want + " were written");
    }

    private final class Processor implements ShardRecordProcessor {
        private String shard;

        @Override public void initialize(InitializationInput in) {
            shard = in.shardId();
            synchronized (Application.this) {
                begun.add(shard);
                try {
                    stream.shards().stream().filter(s -> s.shardId().equals(shard)).forEach(s -> {
                        for (String parent : new String[] {s.parentShardId(), s.adjacentParentShardId()}) {
                            if (parent != null && !ended.contains(parent)) {
                                wrong.add(shard + " begins before its parent " + parent + " ended");
                            }
                        }
                    });
                } catch (Exception e) {
                    wrong.add(e.toString());
                }
            }
        }

        @Override public void processRecords(ProcessRecordsInput in) {
            synchronized (Application.this) {
                in.records().forEach(r -> {
                    int n = Integer.parseInt(StandardCharsets.UTF_8.decode(r.data()).toString());
                    if (n >= UNCOUNTED) {
                        return;
                    }
                    got.computeIfAbsent(r.partitionKey(), k -> new ArrayList<>()).add(n);
                    records++;
                    aggregated += r.aggregated() ? 1 : 0;
                });
            }
            tell(in.checkpointer()::checkpoint);
        }

        @Override public void shardEnded(ShardEndedInput in) {
            synchronized (Application.this) {
                ended.add(shard);
            }
            tell(in.checkpointer()::checkpoint);
        }

        @Override public void leaseLost(LeaseLostInput in) {
            synchronized (Application.this) {
                if (!ending) { // a graceful end gives the leases back
                    wrong.add("the lease of " + shard + " was lost");
                }
            }
        }

        @Override public void shutdownRequested(ShutdownRequestedInput in) {
            tell(in.checkpointer()::checkpoint);
        }

        private void tell(Checkpoint checkpoint) {
            try {
                checkpoint.now();
            } catch (Exception e) {
                synchronized (Application.this) {
                    wrong.add("checkpoint in " + shard + ": " + e);
                }
            }
        }
    }

    private interface Checkpoint {
        void now() throws Exception;
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
