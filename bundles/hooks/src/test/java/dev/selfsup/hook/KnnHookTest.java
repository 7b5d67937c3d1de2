package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.hook.knnhook.KnnHook;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnnHookTest {
    private final List<String> printed = new ArrayList<>();

    /** A run that cannot use the last image of any dataset. */
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            switch (method.getName()) {
                case "iteration" -> 0;
                case "pixels", "features" -> features(((Dataset.Images) arguments[0]).size() - 1);
                case "print" -> printed.add((String) arguments[0]) ? null : null;
                case "report" -> null;
                default -> throw new IllegalStateException(method.getName());
            });

    private record Numbered(int size) implements Dataset.Images {
        @Override
        public boolean labelled() {
            return true;
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public Sample load(int index, RandomGenerator random) {
            throw new UnsupportedOperationException();
        }
    }

    private static Features features(int count) {
        return new Features(IntStream.range(0, count).mapToObj(i -> new float[] {1, i}).toArray(float[][]::new), new int[count]);
    }

    private static Hook hook(int bank, int queries, int k) {
        return new KnnHook.Factory().create(new KnnHook.Config(() -> new Numbered(bank), () -> new Numbered(queries), k, 0.07, 1, Priority.NORMAL));
    }

    @Test
    void onlyImagesThatWereUsedAreCounted() {
        hook(9, 4, 5).beforeTrain(run);
        assertEquals("kNN k=5, T=0.07, cosine, L2-normalised features, 3 queries, 8 bank images", printed.get(0));
    }

    @Test
    void moreNeighboursThanThereAreImagesAreRefusedBeforeAnythingIsComputed() {
        Hook hook = hook(9, 4, 1_000_000_000);
        assertEquals("kNN with k=1000000000 needs at least as many bank images: there are 9; choose a smaller k",
                assertThrows(UsageException.class, () -> hook.beforeTrain(run)).getMessage());
        assertEquals(List.of(), printed);
    }
}
