package dev.selfsup.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.run.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLoaderTest {
    private static final int SIZE = 23;
    private static final int BATCH = 4;

    @TempDir
    Path folder;

    @Test
    void batchesDoNotDependOnTheNumberOfWorkers() throws Exception {
        List<String> one = batches(1, Set.of(), true, 0, 12);
        assertEquals(one, batches(2, Set.of(), true, 0, 12));
        assertEquals(one, batches(4, Set.of(), true, 0, 12));
    }

    @Test
    void aLoaderThatBeginsLaterGivesWhatAnotherGivesThere() throws Exception {
        List<String> all = batches(2, Set.of(), true, 0, 14);
        assertEquals(all.subList(8, 14), batches(2, Set.of(), true, 8, 6));
    }

    @Test
    void everyImageComesOnceAnEpochInAnotherOrderEachTime() throws Exception {
        try (DataLoader loader = loader(2, Set.of(), false, bad(new ArrayList<>()))) {
            loader.reshuffleEveryEpoch();
            assertEquals(6, loader.length());
            loader.seek(0);
            List<Integer> first = epoch(loader);
            List<Integer> second = epoch(loader);
            assertEquals(SIZE, Set.copyOf(first).size());
            assertEquals(Set.copyOf(first), Set.copyOf(second));
            assertFalse(first.equals(second));
        }
    }

    private static List<Integer> epoch(DataLoader loader) throws InterruptedException {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < loader.length(); i++) {
            loader.next().samples().forEach(s -> indices.add(s.index()));
        }
        return indices;
    }

    @Test
    void aBadFileMakesItsBatchShorterAndIsListedOnce() throws Exception {
        List<String> messages = new ArrayList<>();
        BadFiles bad = bad(messages);
        int rows = 0;
        try (DataLoader loader = loader(2, Set.of(5, 9), false, bad)) {
            loader.seek(0);
            for (int i = 0; i < 2 * loader.length(); i++) {
                LoadedBatch batch = loader.next();
                rows += batch.size();
                for (int row = 0; row < batch.size(); row++) {
                    assertEquals(batch.samples().get(row).index(), (int) batch.inputs().get(0)[2 * row], "rows move up with their samples");
                }
            }
        }
        assertEquals(2 * (SIZE - 2), rows);
        assertEquals(List.of("5.jpg: broken", "9.jpg: broken"), Files.readAllLines(folder.resolve("bad_files.txt")).stream().sorted().toList());
        assertEquals(2, messages.size());
    }

    /** The good ones count as soon as they are loaded, not when their batch is used. */
    @Test
    void manyBadFilesOfALargeBatchDoNotEndARunWhoseFilesAreMostlyGood() throws Exception {
        Set<Integer> broken = IntStream.range(25, 50).boxed().collect(Collectors.toSet());
        Sampler inOrder = (size, epoch, seed, rank, worldSize) -> IntStream.range(0, size).toArray();
        try (DataLoader loader = new DataLoader(new Numbers(60, broken, null), new DataLoader.Options(inOrder, samples -> samples, new Pair(), 60, true, 1, 7),
                bad(new ArrayList<>()))) {
            loader.seek(0);
            assertEquals(35, loader.next().size());
        }
    }

    /** Three batches are ready or in the making when labels come. */
    @Test
    void newLabelsAndAnotherOrderHoldFromTheNextBatchOn() throws Exception {
        int[] labels = IntStream.range(0, SIZE).map(i -> 100 + i).toArray();
        try (DataLoader loader = loader(2, Set.of(), false, bad(new ArrayList<>()))) {
            loader.reshuffleEveryEpoch();
            assertFalse(loader.ready());
            loader.assignLabels(new int[SIZE]);
            assertTrue(loader.ready());
            loader.seek(0);
            epoch(loader);
            loader.assignLabels(labels);
            loader.sampleUniformly(1, labels, 5);
            for (int i = 0; i < loader.length(); i++) {
                for (Sample sample : loader.next().samples()) {
                    assertEquals(3, sample.index(), "the order of the one epoch");
                    assertEquals(103, sample.label().getAsInt());
                }
            }
            assertEquals(SIZE, Set.copyOf(epoch(loader)).size(), "then the usual order again");
        }
    }

    @Test
    void aBatchLargerThanTheDatasetIsAMistakeWhereShortOnesAreLeftOut() {
        UsageException mistake = assertThrows(UsageException.class, () -> new DataLoader(new Numbers(SIZE, Set.of(), null),
                new DataLoader.Options(new Permuted(), samples -> samples, new Pair(), SIZE + 1, true, 1, 7), bad(new ArrayList<>())));
        assertTrue(mistake.getMessage().startsWith("train_dataloader.batch_size: a batch of 24 is larger than the dataset of 23 images"),
                mistake.getMessage());
    }

    private List<String> batches(int workers, Set<Integer> broken, boolean dropLast, long from, int count) throws Exception {
        List<String> batches = new ArrayList<>();
        try (DataLoader loader = loader(workers, broken, dropLast, bad(new ArrayList<>()))) {
            loader.reshuffleEveryEpoch();
            loader.seek(from);
            for (int i = 0; i < count; i++) {
                LoadedBatch batch = loader.next();
                assertArrayEquals(new long[] {batch.size(), 2, 1, 1}, batch.shape(0));
                batches.add(Arrays.toString(Arrays.copyOf(batch.inputs().get(0), 2 * batch.size())));
            }
        }
        return batches;
    }

    private DataLoader loader(int workers, Set<Integer> broken, boolean dropLast, BadFiles bad) {
        return new DataLoader(new Numbers(SIZE, broken, null), new DataLoader.Options(new Permuted(), samples -> samples, new Pair(), BATCH, dropLast,
                workers, 7), bad);
    }

    private BadFiles bad(List<String> messages) {
        return new BadFiles(folder.resolve("bad_files.txt"), messages::add);
    }

    private record Permuted() implements Sampler {
        @Override
        public int[] indices(int size, int epoch, long seed, int rank, int worldSize) {
            return SampleRandom.permutation(size, seed, epoch);
        }

        /** Image 3 again and again. */
        @Override
        public Sampler uniform(int[] labels, int classes) {
            return (size, epoch, seed, rank, worldSize) -> IntStream.range(0, size).map(i -> 3).toArray();
        }
    }

    /** Samples of which the only image holds the index and a random level. */
    private record Numbers(int size, Set<Integer> broken, int[] assigned) implements Dataset.Images {
        @Override
        public Dataset.Images assignLabels(int[] labels) {
            return new Numbers(size, broken, labels);
        }

        @Override
        public boolean ready() {
            return assigned != null;
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
            if (broken.contains(index)) {
                throw new BadImageException(Path.of(index + ".jpg"), "broken");
            }
            Sample sample = new Sample(index, Path.of(index + ".jpg"), assigned == null ? OptionalInt.empty() : OptionalInt.of(assigned[index]));
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
