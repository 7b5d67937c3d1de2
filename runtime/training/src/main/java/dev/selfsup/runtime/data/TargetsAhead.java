package dev.selfsup.runtime.data;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The frozen network of a method, which computes the targets of batches to come on a thread of its own while the step runs. */
public final class TargetsAhead implements AutoCloseable {
    private final Algorithm.Targets targets;
    private final DataPreprocessor preprocessor;
    private final Consumer<String> words;
    private final ExecutorService thread;
    private FrozenNetwork.Session session;
    private int[] shape = {};

    private TargetsAhead(Algorithm.Targets targets, DataPreprocessor preprocessor, Consumer<String> words) {
        this.targets = targets;
        this.preprocessor = preprocessor;
        this.words = words;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), TargetsAhead::daemon) {
            @Override
            protected void terminated() {
                closeSession();
            }
        };
    }

    private static Thread daemon(Runnable task) {
        Thread made = new Thread(task, "targets");
        made.setDaemon(true);
        return made;
    }

    private void closeSession() {
        if (session != null) {
            session.close();
        }
    }

    /**
     * The frozen network of a method, not yet opened.
     *
     * @param words told what the network has to say
     * @return empty where the method has none
     */
    public static Optional<TargetsAhead> of(Algorithm algorithm, Consumer<String> words) {
        return algorithm.targets().map(targets -> new TargetsAhead(targets, algorithm.dataPreprocessor(), words));
    }

    /**
     * What it computes of batches, opening it the first time.
     *
     * @param shapes per input of the model [C, H, W]
     * @throws UsageException if the network cannot be opened, or the pipeline gives it no view
     */
    public List<FrozenNetwork.Output> outputs(List<int[]> shapes) {
        if (targets.view() >= shapes.size()) {
            throw new UsageException("the target generator looks at view " + targets.view() + " of an image, but the pipeline and the data preprocessor give only "
                    + shapes.size() + ": the pipeline needs the transform that gives two pictures, as in the method's configs");
        }
        int view = targets.view();
        if (session == null) {
            session = targets.network().open(new FrozenNetwork.Images(shapes.get(view), preprocessor.normalization(view), false), words);
            shape = shapes.get(view).clone();
        }
        if (!Arrays.equals(shape, shapes.get(view))) {
            throw new UsageException("the target generator looks at images of " + Arrays.toString(shape) + ", but those of a batch are " + Arrays.toString(shapes.get(view))
                    + ": end the pipeline with RandomResizedCrop, Resize or CenterCrop, which give all images one size");
        }
        return session.outputs();
    }

    /** Makes a batch ready and computes its targets, on the thread of its own. */
    Future<LoadedBatch> submit(Callable<LoadedBatch> batch, List<float[]> memory) {
        return thread.submit(() -> complete(batch.call(), memory));
    }

    /** Waits for a batch. */
    static LoadedBatch await(Future<LoadedBatch> batch) throws InterruptedException {
        try {
            return batch.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * A batch with its targets.
     *
     * @param batch the images
     * @param memory where the results go; grows as it must
     */
    public LoadedBatch complete(LoadedBatch batch, List<float[]> memory) {
        if (batch.size() == 0) {
            return batch;
        }
        List<FrozenNetwork.Output> outputs = outputs(batch.shapes());
        for (int i = 0; i < outputs.size(); i++) {
            int length = Math.multiplyExact(outputs.get(i).length(), batch.size());
            if (i == memory.size()) {
                memory.add(new float[length]);
            } else if (memory.get(i).length < length) {
                memory.set(i, new float[length]);
            }
        }
        session.compute(batch.inputs().get(targets.view()), batch.size(), memory);
        for (int i = 0; i < outputs.size(); i++) {
            checkFinite(outputs.get(i), memory.get(i), batch);
        }
        List<LoadedBatch.Computed> computed = new ArrayList<>(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            computed.add(new LoadedBatch.Computed(outputs.get(i), memory.get(i)));
        }
        return batch.with(computed);
    }

    private static void checkFinite(FrozenNetwork.Output output, float[] values, LoadedBatch batch) {
        for (int i = 0; i < batch.size() * output.length(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new UsageException("target_generator: its output '" + output.name() + "' is " + values[i] + " for the image " + batch.samples().get(i / output.length()).path()
                        + ": the file was perhaps exported in half precision, or from damaged weights", 1);
            }
        }
    }

    /** Has the network closed once the batch that it is at is ready, and waits for that a minute at most, or until it is interrupted. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
