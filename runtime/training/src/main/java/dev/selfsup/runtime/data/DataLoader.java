package dev.selfsup.runtime.data;

import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Batches of a dataset, made ahead by workers into memory that is used again. What a batch holds depends on the seed, its epoch and its
 * number alone, never on the number of workers, so that a run can begin anywhere.
 */
public final class DataLoader implements AutoCloseable {
    /** Batches in the making or ready while one is being used. */
    private static final int AHEAD = 3;

    private final Options options;
    private final int length;
    private final BadFiles bad;
    private final ExecutorService workers;
    private final Deque<Slot> free = new ArrayDeque<>();
    private final Deque<Slot> pending = new ArrayDeque<>();
    private Dataset.Images images;
    private Slot inUse;
    private long next;
    private boolean reshuffle;
    private int orderEpoch = -1;
    private int[] order = {};
    private int otherEpoch = -1;
    private Sampler other;
    private double waited;
    private TargetsAhead targets;
    private BatchMixing mixing;

    /**
     * How batches are made.
     *
     * @param batchSize samples of a batch
     * @param dropLast whether a short batch at the end of an epoch is left out
     * @param workers threads; 0 counts as 1
     * @param seed the run's seed
     */
    public record Options(Sampler sampler, Collate collate, DataPreprocessor preprocessor, int batchSize, boolean dropLast, int workers, long seed) {}

    /**
     * A loader at the beginning of the first epoch.
     *
     * @throws UsageException if there is no full batch in the dataset and short ones are left out
     */
    public DataLoader(Dataset.Images images, Options options, BadFiles bad) {
        this.images = images;
        this.options = options;
        this.bad = bad;
        int samples = options.sampler.indices(images.size(), 0, options.seed, 0, 1).length;
        this.length = options.dropLast ? samples / options.batchSize : (samples + options.batchSize - 1) / options.batchSize;
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newFixedThreadPool(Math.max(1, options.workers), task -> {
            Thread thread = new Thread(task, "data-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i <= AHEAD; i++) {
            free.add(new Slot(options.preprocessor, Math.min(options.batchSize, samples)));
        }
        if (length == 0) {
            workers.shutdown();
            throw new UsageException("train_dataloader.batch_size: a batch of " + options.batchSize + " is larger than the dataset of " + images.size()
                    + " images, and train_dataloader.drop_last leaves short batches out: lower batch_size or set drop_last: false");
        }
    }

    /** Batches of an epoch. */
    public int length() {
        return length;
    }

    /** Gives every batch the targets of a frozen network; to be called before {@link #seek}. */
    public void complete(TargetsAhead ahead) {
        targets = ahead;
    }

    /** Mixes the images of every batch. */
    public void mix(BatchMixing batches) {
        mixing = batches;
    }

    /** Shuffles every epoch anew rather than all alike; to be called before {@link #seek}. */
    public void reshuffleEveryEpoch() {
        reshuffle = true;
    }

    /** Goes on with batch {@code number}, counted from the beginning of the run. */
    public void seek(long number) {
        if (!pending.isEmpty() || inUse != null) {
            throw new IllegalStateException("batches are being made already");
        }
        next = number;
        for (int i = 0; i < AHEAD; i++) {
            schedule();
        }
    }

    /** The next batch, when it is ready. The one before must not be used any more. */
    public LoadedBatch next() throws InterruptedException {
        if (inUse != null) {
            free.add(inUse);
        }
        schedule();
        inUse = pending.removeFirst();
        long start = System.nanoTime();
        LoadedBatch batch = inUse.take(options.collate);
        waited = (System.nanoTime() - start) / 1e9;
        return mixing == null ? batch : mixing.mix(batch, next - pending.size() - 1);
    }

    /** Gives every image a label, from the next batch on. */
    public void assignLabels(int[] labels) {
        images = images.assignLabels(labels);
        again();
    }

    /** Whether every image has the labels that it is to have. */
    public boolean ready() {
        return images.ready();
    }

    /** Visits all labels equally often in one epoch, from the next batch on. */
    public void sampleUniformly(int epoch, int[] labels, int classes) {
        other = options.sampler.uniform(labels, classes);
        otherEpoch = epoch;
        orderEpoch = -1;
        again();
    }

    /** Gives up the batches that were made ahead, and makes them anew. */
    private void again() {
        int ahead = pending.size();
        while (!pending.isEmpty()) {
            Slot slot = pending.removeFirst();
            slot.discard();
            free.add(slot);
        }
        next -= ahead;
        for (int i = 0; i < ahead; i++) {
            schedule();
        }
    }

    /** Seconds that the last {@link #next} waited. */
    public double waited() {
        return waited;
    }

    private void schedule() {
        int epoch = Math.toIntExact(next / length);
        int first = Math.toIntExact(next % length) * options.batchSize;
        int[] indices = order(epoch);
        Dataset.Images from = images;
        int[] rows = Arrays.copyOfRange(indices, first, Math.min(first + options.batchSize, indices.length));
        Slot slot = free.removeFirst();
        slot.begin(rows.length, epoch);
        for (int row = 0; row < rows.length; row++) {
            int target = row;
            int index = rows[row];
            workers.execute(() -> slot.load(target, () -> from.load(index, SampleRandom.of(options.seed, epoch, index)), bad));
        }
        if (targets != null) {
            slot.complete(targets, options.collate);
        }
        pending.addLast(slot);
        next++;
    }

    private int[] order(int epoch) {
        if (orderEpoch != epoch) {
            order = (epoch == otherEpoch ? other : options.sampler).indices(images.size(), reshuffle ? epoch : 0, options.seed, 0, 1);
            orderEpoch = epoch;
        }
        return order;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
