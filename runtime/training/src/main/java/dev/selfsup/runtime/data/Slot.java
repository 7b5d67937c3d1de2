package dev.selfsup.runtime.data;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** The memory of one batch that is being made; used again for later ones. */
final class Slot {
    private final DataPreprocessor preprocessor;
    private final int capacity;
    private final List<float[]> inputs = new ArrayList<>();
    private List<int[]> shapes = List.of();
    private Sample[] samples = {};
    private CountDownLatch open = new CountDownLatch(0);
    private volatile RuntimeException failure;
    private int epoch;
    private final List<float[]> targets = new ArrayList<>();
    private Future<LoadedBatch> completed;

    Slot(DataPreprocessor preprocessor, int capacity) {
        this.preprocessor = preprocessor;
        this.capacity = capacity;
    }

    void begin(int size, int ofEpoch) {
        samples = new Sample[size];
        open = new CountDownLatch(size);
        failure = null;
        epoch = ofEpoch;
        completed = null;
    }

    void put(int row, Sample sample) {
        List<int[]> sizes = preprocessor.shapes(sample.images());
        allocate(sizes, sample);
        for (int input = 0; input < sizes.size(); input++) {
            preprocessor.write(sample.images(), input, inputs.get(input), row * DataPreprocessor.length(sizes.get(input)));
        }
        samples[row] = sample;
    }

    private synchronized void allocate(List<int[]> sizes, Sample sample) {
        if (shapes.isEmpty()) {
            List<float[]> made = sizes.stream().map(shape -> new float[Math.multiplyExact(capacity, DataPreprocessor.length(shape))]).toList();
            inputs.addAll(made);
            shapes = sizes;
        } else if (!same(shapes, sizes)) {
            throw new UsageException("images of a batch must have one size, but " + sample.path() + " gives " + describe(sizes)
                    + " after " + describe(shapes) + ": end the pipeline with RandomResizedCrop, Resize or CenterCrop");
        }
    }

    private static boolean same(List<int[]> a, List<int[]> b) {
        return Arrays.deepEquals(a.toArray(), b.toArray());
    }

    private static String describe(List<int[]> shapes) {
        return String.join(" and ", shapes.stream().map(s -> Arrays.stream(s).mapToObj(Integer::toString).collect(Collectors.joining("x"))).toList());
    }

    void fail(RuntimeException problem) {
        failure = problem;
    }

    void done() {
        open.countDown();
    }

    /** Has the batch completed by the targets of a frozen network as soon as all samples are there. */
    void complete(TargetsAhead ahead, Collate collate) {
        completed = ahead.submit(() -> finish(collate), targets);
    }

    /** Waits for the batch, with its targets where it has some. */
    LoadedBatch take(Collate collate) throws InterruptedException {
        return completed == null ? finish(collate) : TargetsAhead.await(completed);
    }

    /** Waits until all samples are there or known to be bad; moves good ones together. */
    private LoadedBatch finish(Collate collate) throws InterruptedException {
        open.await();
        if (failure != null) {
            throw failure;
        }
        List<Sample> good = new ArrayList<>(samples.length);
        for (int row = 0; row < samples.length; row++) {
            if (samples[row] != null) {
                move(row, good.size());
                good.add(samples[row]);
            }
        }
        return new LoadedBatch(List.copyOf(inputs), shapes, collate.collate(good), epoch);
    }

    /** Waits until nobody writes into this memory any more; what has been loaded or failed is forgotten. */
    void discard() {
        boolean interrupted = false;
        while (true) {
            try {
                open.await();
                if (completed != null) {
                    completed.get();
                }
                break;
            } catch (ExecutionException e) {
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void move(int from, int to) {
        for (int input = 0; from != to && input < shapes.size(); input++) {
            int length = DataPreprocessor.length(shapes.get(input));
            System.arraycopy(inputs.get(input), from * length, inputs.get(input), to * length, length);
        }
    }

    /** Loads a sample into a row; notes whether its file is good or bad. */
    void load(int row, java.util.function.Supplier<Sample> loading, BadFiles bad) {
        try {
            Sample sample = loading.get();
            put(row, sample);
            bad.good(sample.index());
        } catch (BadImageException e) {
            reject(e, bad);
        } catch (OutOfMemoryError | ArithmeticException e) {
            fail(new UsageException("no memory left for a batch of " + capacity + " samples: lower train_dataloader.batch_size or raise -Xmx", 1));
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            done();
        }
    }

    private void reject(BadImageException problem, BadFiles bad) {
        try {
            bad.add(problem);
        } catch (UsageException tooMany) {
            fail(tooMany);
        }
    }
}
