package dev.selfsup.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;

/** Targets of a frozen network come with their batches, made while the batch before is being used; what goes wrong with them reaches whoever takes the batch. */
class TargetsAheadTest {
    private static final int SIZE = 22;
    private static final int BATCH = 4;
    private static final long SECONDS = 30;

    @TempDir
    Path folder;

    @Test
    void theTargetsOfTheNextBatchesAreMadeWhileABatchIsInUse() throws Exception {
        CountDownLatch three = new CountDownLatch(3);
        Network network = new Network(batch -> three.countDown());
        try (TargetsAhead ahead = ahead(network); DataLoader loader = loader(ahead)) {
            loader.seek(0);
            LoadedBatch first = loader.next();
            assertTrue(three.await(SECONDS, TimeUnit.SECONDS), "two more are made though nobody asks for the next batch");
            assertEquals(targets(first), Arrays.toString(Arrays.copyOf(first.computed().get(0).values(), BATCH)), "those of the batch in use stay as they are");
        }
        assertEquals(0, network.closed.getCount());
    }

    @Test
    void aLoaderThatBeginsLaterGivesTheSameTargets() throws Exception {
        List<String> all = taken(0, 12);
        assertEquals(all.subList(7, 12), taken(7, 5));
    }

    @Test
    void whatANetworkFailsOfReachesTheStepAsItsOneMessage() throws Exception {
        Network network = new Network(batch -> {
            if (batch == 1) {
                throw new UsageException("target_generator: no memory left", 1);
            }
        });
        try (TargetsAhead ahead = ahead(network); DataLoader loader = loader(ahead)) {
            loader.seek(0);
            loader.next();
            assertEquals("target_generator: no memory left", assertThrows(UsageException.class, loader::next).getMessage());
        }
    }

    @Test
    void aTargetThatIsNoNumberIsToldWithItsImage() throws Exception {
        Network network = new Network(batch -> { });
        network.notANumber = 2;
        try (TargetsAhead ahead = ahead(network); DataLoader loader = loader(ahead)) {
            loader.seek(0);
            UsageException told = assertThrows(UsageException.class, () -> {
                for (int i = 0; i < SIZE / BATCH; i++) {
                    loader.next();
                }
            });
            assertEquals("target_generator: its output 'sum' is NaN for the image 2.jpg: the file was perhaps exported in half precision, or from damaged weights", told.getMessage());
        }
    }

    @Test
    void newLabelsMakeBatchesAndTheirTargetsAnew() throws Exception {
        try (TargetsAhead ahead = ahead(new Network(batch -> { })); DataLoader loader = loader(ahead)) {
            loader.seek(0);
            loader.next();
            loader.assignLabels(new int[SIZE]);
            for (int i = 0; i < 2 * SIZE / BATCH; i++) {
                LoadedBatch batch = loader.next();
                assertEquals(0, batch.samples().get(0).label().orElseThrow());
                assertEquals(targets(batch), Arrays.toString(Arrays.copyOf(batch.computed().get(0).values(), batch.size())));
            }
        }
    }

    @Test
    void aRunThatEndsDoesNotWaitForTargetsThatNobodyWants() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Network network = new Network(batch -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        try (TargetsAhead ahead = ahead(network); DataLoader loader = loader(ahead)) {
            loader.seek(0);
            assertTrue(begun.await(SECONDS, TimeUnit.SECONDS));
        }
        assertEquals(0, network.closed.getCount());
    }

    @Test
    void aNetworkThatIsBusyWhenAnInterruptedRunEndsIsClosedOnceItIsDone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Network network = new Network(batch -> {
            begun.countDown();
            while (done.getCount() > 0) {
                Thread.onSpinWait();          // as a native computation, which nobody interrupts
            }
        });
        TargetsAhead ahead = ahead(network);
        try (DataLoader loader = loader(ahead)) {
            loader.seek(0);
            assertTrue(begun.await(SECONDS, TimeUnit.SECONDS));
        }
        Thread.currentThread().interrupt();
        ahead.close();
        assertTrue(Thread.interrupted());
        assertEquals(1, network.closed.getCount());
        done.countDown();
        assertTrue(network.closed.await(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aNetworkThatComputedNothingIsClosed() {
        Network network = new Network(batch -> { });
        try (TargetsAhead ahead = ahead(network)) {
            ahead.outputs(List.of(new int[] {2, 1, 1}));
        }
        assertEquals(0, network.closed.getCount());
    }

    @Test
    void aPipelineOfOneViewIsNotEnoughForANetworkThatSeesTheSecond() {
        try (TargetsAhead ahead = TargetsAhead.of(new Method(new Algorithm.Targets(1, new Network(batch -> { }))), words -> { }).orElseThrow()) {
            String message = assertThrows(UsageException.class, () -> ahead.outputs(List.of(new int[] {2, 1, 1}))).getMessage();
            assertTrue(message.startsWith("the target generator looks at view 1 of an image, but the pipeline and the data preprocessor give only 1"), message);
        }
    }

    @Test
    void imagesOfAnotherSizeThanTheFirstAreTold() {
        try (TargetsAhead ahead = ahead(new Network(batch -> { }))) {
            ahead.outputs(List.of(new int[] {2, 1, 1}));
            String message = assertThrows(UsageException.class, () -> ahead.outputs(List.of(new int[] {2, 2, 2}))).getMessage();
            assertTrue(message.startsWith("the target generator looks at images of [2, 1, 1], but those of a batch are [2, 2, 2]"), message);
        }
    }

    @Test
    void aMethodWithoutANetworkHasNone() {
        assertFalse(TargetsAhead.of(new Method(null), words -> { }).isPresent());
    }

    private List<String> taken(long from, int count) throws Exception {
        List<String> taken = new ArrayList<>();
        try (TargetsAhead ahead = ahead(new Network(batch -> { })); DataLoader loader = loader(ahead)) {
            loader.seek(from);
            for (int i = 0; i < count; i++) {
                LoadedBatch batch = loader.next();
                String targets = Arrays.toString(Arrays.copyOf(batch.computed().get(0).values(), batch.size()));
                assertEquals(targets(batch), targets);
                taken.add(targets);
            }
        }
        return taken;
    }

    /** What the network makes of the images of a batch. */
    private static String targets(LoadedBatch batch) {
        float[] sums = new float[batch.size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = batch.inputs().get(0)[2 * i] + batch.inputs().get(0)[2 * i + 1];
        }
        return Arrays.toString(sums);
    }

    private static TargetsAhead ahead(Network network) {
        return TargetsAhead.of(new Method(new Algorithm.Targets(0, network)), words -> { }).orElseThrow();
    }

    private DataLoader loader(TargetsAhead ahead) {
        DataLoader loader = new DataLoader(new Numbers(null), new DataLoader.Options((size, epoch, seed, rank, worldSize) -> SampleRandom.permutation(size, seed, epoch),
                samples -> samples, new Pair(), BATCH, false, 2, 7), new BadFiles(folder.resolve("bad_files.txt"), words -> { }));
        loader.complete(ahead);
        return loader;
    }

    /** What happens before the targets of a batch, counted from 0, are made. */
    private interface Before {
        void batch(int number) throws InterruptedException;
    }

    /** Adds up the two numbers of an image. */
    private static final class Network implements FrozenNetwork, FrozenNetwork.Session {
        private final Before before;
        private int batches;
        private int notANumber = -1;
        private final CountDownLatch closed = new CountDownLatch(1);

        Network(Before before) {
            this.before = before;
        }

        @Override
        public Session open(Images images, Consumer<String> words) {
            return this;
        }

        @Override
        public List<Output> outputs() {
            return List.of(new Output("sum", "target_generator.0", new int[0], false));
        }

        @Override
        public void compute(float[] images, int size, List<float[]> results) {
            try {
                before.batch(batches++);
            } catch (InterruptedException e) {
                throw new UsageException("interrupted", 1);
            }
            for (int i = 0; i < size; i++) {
                results.get(0)[i] = images[2 * i] == notANumber ? Float.NaN : images[2 * i] + images[2 * i + 1];
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** A method of which nothing but its frozen network is asked. */
    private record Method(Algorithm.Targets network) implements Algorithm {
        @Override
        public DataPreprocessor dataPreprocessor() {
            return new Pair();
        }

        @Override
        public Optional<Targets> targets() {
            return Optional.ofNullable(network);
        }

        @Override
        public Losses loss(Graph graph, Batch batch) {
            throw new AssertionError("not asked");
        }

        @Override
        public List<SDVariable> extract(Graph graph, SDVariable images) {
            throw new AssertionError("not asked");
        }
    }

    /** Samples of which the only image holds the index and a random level. */
    private record Numbers(int[] labels) implements Dataset.Images {
        @Override
        public Dataset.Images assignLabels(int[] assigned) {
            return new Numbers(assigned);
        }

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public boolean labelled() {
            return false;
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public Sample load(int index, RandomGenerator random) {
            Sample sample = new Sample(index, Path.of(index + ".jpg"), labels == null ? OptionalInt.empty() : OptionalInt.of(labels[index]));
            sample.setImages(new Image(1, 2, 1, new byte[] {(byte) index, (byte) random.nextInt(100)}));
            return sample;
        }
    }

    private static final class Pair implements DataPreprocessor {
        @Override
        public List<int[]> shapes(List<Image> images) {
            return List.of(new int[] {2, 1, 1});
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {
            out[offset] = images.get(0).data()[0];
            out[offset + 1] = images.get(0).data()[1];
        }
    }
}
