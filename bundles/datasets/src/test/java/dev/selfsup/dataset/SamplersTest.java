package dev.selfsup.dataset;

import static dev.selfsup.dataset.DataComponents.bind;
import static dev.selfsup.dataset.DataComponents.make;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.sampler.defaultsampler.DefaultSampler;
import dev.selfsup.sampler.infinitesampler.InfiniteSampler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplersTest {
    @Test
    void everyImageComesOnceAnEpochInAnotherOrder() {
        Sampler sampler = make(Sampler.class, "{type: DefaultSampler, shuffle: true}");
        int[] first = sampler.indices(100, 0, 5, 0, 1);
        assertArrayEquals(first, sampler.indices(100, 0, 5, 0, 1));
        assertFalse(Arrays.equals(first, sampler.indices(100, 1, 5, 0, 1)));
        assertFalse(Arrays.equals(first, sampler.indices(100, 0, 6, 0, 1)));
        assertArrayEquals(IntStream.range(0, 100).toArray(), IntStream.of(first).sorted().toArray());
    }

    @Test
    void aSeedOfTheConfigIsUsedInsteadOfTheRuns() {
        Sampler sampler = make(Sampler.class, "{type: DefaultSampler, seed: 3}");
        assertArrayEquals(sampler.indices(50, 2, 1, 0, 1), sampler.indices(50, 2, 9, 0, 1));
    }

    @Test
    void processesShareTheImages() {
        Sampler ordered = make(Sampler.class, "{type: DefaultSampler, shuffle: false}");
        assertArrayEquals(new int[] {0, 3, 6}, ordered.indices(8, 0, 0, 0, 3));
        assertArrayEquals(new int[] {2, 5, 0}, ordered.indices(8, 0, 0, 2, 3), "rounded up with the first");
        assertArrayEquals(new int[] {0}, ordered.indices(1, 0, 0, 1, 2));
        Sampler exact = make(Sampler.class, "{type: DefaultSampler, shuffle: false, round_up: false}");
        assertArrayEquals(new int[] {2, 5}, exact.indices(8, 0, 0, 2, 3));
    }

    @Test
    void passesOfTheInfiniteSamplerAreOneStream() {
        Sampler sampler = make(Sampler.class, "{type: InfiniteSampler}");
        int[] stream = IntStream.range(0, 6).flatMap(epoch -> IntStream.of(sampler.indices(7, epoch, 1, 0, 1))).toArray();
        for (int rank = 0; rank < 3; rank++) {
            int process = rank;
            int[] own = IntStream.range(0, 6).flatMap(epoch -> IntStream.of(sampler.indices(7, epoch, 1, process, 3))).toArray();
            assertArrayEquals(IntStream.iterate(rank, i -> i < stream.length, i -> i + 3).map(i -> stream[i]).toArray(), own);
        }
        assertArrayEquals(new int[] {0, 1, 2}, make(Sampler.class, "{type: InfiniteSampler, shuffle: false}").indices(3, 4, 0, 0, 1));
    }

    @Test
    void defaultsAreTheReferences() {
        assertEquals("Config[shuffle=true, seed=OptionalLong.empty, roundUp=true]", bind(DefaultSampler.Config.class, "{}").toString());
        assertEquals("Config[shuffle=true, seed=OptionalLong.empty]", bind(InfiniteSampler.Config.class, "{}").toString());
    }

    @Test
    void collatingRefusesSamplesThatDiffer() {
        List<Sample> alike = List.of(sample("a.png", 4, 4), sample("b.png", 4, 4));
        List<Sample> mixed = List.of(sample("a.png", 4, 4), sample("b.png", 5, 4));
        Collate collate = make(Collate.class, "{type: default_collate}");
        assertSame(alike, collate.collate(alike));
        assertEquals("default_collate: the samples of a batch must be alike, but a.png gives 4x4x3, mask [2, 2] and b.png gives 5x4x3, "
                + "mask [2, 2];"
                + " end the pipeline with transforms of a fixed size, as RandomResizedCrop or Resize and CenterCrop",
                assertThrows(UsageException.class, () -> collate.collate(mixed)).getMessage());
        assertSame(mixed, make(Collate.class, "{type: pseudo_collate}").collate(mixed));
    }

    private static Sample sample(String path, int width, int height) {
        Sample sample = new Sample(0, Path.of(path), OptionalInt.empty());
        sample.setImages(Image.create(width, height, 3));
        sample.fields().put("mask", new Sample.Field(new double[4], true, 2, 2));
        return sample;
    }
}
