package dev.selfsup.dataset;

import static dev.selfsup.dataset.DataComponents.make;
import static dev.selfsup.dataset.DataComponents.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that get labels of clusters, and the sampler that visits clusters equally often. */
class ClusteringDataTest {
    @TempDir
    Path folder;

    private Dataset.Images images(String type) throws IOException {
        for (String file : new String[] {"a/1.jpg", "a/2.jpg", "b/3.jpg"}) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file), "");
        }
        return open("{type: " + type + ", data_root: '%s', pipeline: [{type: Draw}]}", folder);
    }

    private static double label(Dataset.Images images, int index) {
        return images.load(index, SampleRandom.of(1)).fields().get("clustering_label").values()[0];
    }

    @Test
    void samplesHaveTheLabelsThatWereAssignedLast() throws IOException {
        Dataset.Images none = images("DeepClusterImageNet");
        assertEquals(-1, label(none, 1));
        assertFalse(none.ready());
        Dataset.Images first = none.assignLabels(new int[] {4, 2, 0});
        Dataset.Images second = first.assignLabels(new int[] {1, 3, -1});
        assertTrue(first.ready());
        assertEquals(2, label(first, 1));
        assertEquals(3, label(second, 1));
        assertEquals(2, label(first, 1), "a worker that still loads the former ones is not disturbed");
        assertTrue(second.labelled(), "the true labels stay");
    }

    @Test
    void mistakesSayWhatToDo() throws IOException {
        Dataset.Images clustered = images("DeepClusterImageNet");
        UsageException count = assertThrows(UsageException.class, () -> clustered.assignLabels(new int[2]));
        assertEquals("there are labels for 2 images, but 3 in train_dataloader.dataset: extract_dataloader.dataset must list the same files, so give both the same data_root, "
                + "data_prefix and ann_file", count.getMessage());
        Dataset.Images plain = images("CustomDataset");
        assertTrue(plain.ready());
        assertEquals("train_dataloader.dataset.type must be DeepClusterImageNet: images of other datasets take no labels of clusters",
                assertThrows(UsageException.class, () -> plain.assignLabels(new int[3])).getMessage());
        Sampler other = make(Sampler.class, "{type: DefaultSampler}");
        assertTrue(assertThrows(UsageException.class, () -> other.uniform(new int[3], 2)).getMessage().contains("DeepClusterSampler"));
        Sampler ordered = make(Sampler.class, "{type: DeepClusterSampler, shuffle: false}");
        assertEquals("unif_sampling needs a random order: set train_dataloader.sampler.shuffle: true",
                assertThrows(UsageException.class, () -> ordered.uniform(new int[3], 2)).getMessage());
    }

    @Test
    void withoutClustersEveryImageComesOnceOrIsDrawnWithReplacement() {
        Sampler once = make(Sampler.class, "{type: DeepClusterSampler}");
        assertArrayEquals(IntStream.range(0, 50).toArray(), IntStream.of(once.indices(50, 3, 1, 0, 1)).sorted().toArray());
        Sampler drawn = make(Sampler.class, "{type: DeepClusterSampler, replace: true}");
        int[] order = drawn.indices(500, 3, 1, 0, 1);
        assertEquals(500, order.length);
        long different = Arrays.stream(order).distinct().count();
        assertTrue(different > 280 && different < 350, different + " of 500 images; 316 are expected");
        assertFalse(Arrays.equals(order, drawn.indices(500, 4, 1, 0, 1)));
        Sampler ordered = make(Sampler.class, "{type: DeepClusterSampler, shuffle: false}");
        assertArrayEquals(new int[] {2, 5, 0}, ordered.indices(8, 0, 0, 2, 3), "rounded up with the first");
    }

    @Test
    void clustersAreVisitedEquallyOften() {
        int[] labels = new int[90];
        Arrays.fill(labels, 0, 80, 0);                                                // 80 images, 2, 8 without a label, none of label 2
        Arrays.fill(labels, 80, 82, 1);
        Arrays.fill(labels, 82, 90, -1);
        Sampler uniform = make(Sampler.class, "{type: DeepClusterSampler}").uniform(labels, 3);
        int[] order = uniform.indices(90, 0, 1, 0, 1);
        assertEquals(90, order.length, "as many as without clusters: two clusters of 31 each, gone through again");
        int[] first = Arrays.copyOf(order, 62);
        assertEquals(31, Arrays.stream(first).filter(i -> labels[i] == 0).distinct().count(), "without replacement where there are enough");
        assertEquals(31, Arrays.stream(first).filter(i -> labels[i] == 1).count());
        assertArrayEquals(Arrays.copyOf(first, 28), Arrays.copyOfRange(order, 62, 90));
        assertArrayEquals(order, uniform.indices(90, 0, 1, 0, 1));
        assertFalse(Arrays.equals(order, uniform.indices(90, 1, 1, 0, 1)));
        int[] zeroth = uniform.indices(90, 0, 1, 0, 2);
        int[] other = uniform.indices(90, 0, 1, 1, 2);
        assertArrayEquals(order, IntStream.range(0, 90).map(i -> i % 2 == 0 ? zeroth[i / 2] : other[i / 2]).toArray(), "processes share the order");
    }
}
