package dev.selfsup.runtime.analysis;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The first images of the first classes of a dataset; of one whose labels are not known beforehand, the first images. */
final class FirstClasses implements Dataset.Images {
    private final Dataset.Images all;
    private final int[] chosen;

    FirstClasses(Dataset.Images all, int classes, int most) {
        this.all = all;
        this.chosen = IntStream.range(0, all.size()).filter(i -> all.label(i).orElse(-1) < classes).limit(most).toArray();
    }

    @Override
    public int size() {
        return chosen.length;
    }

    @Override
    public boolean labelled() {
        return all.labelled();
    }

    @Override
    public List<String> classes() {
        return all.classes();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        return all.load(chosen[index], random);
    }
}
