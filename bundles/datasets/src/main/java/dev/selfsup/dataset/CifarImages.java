package dev.selfsup.dataset;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Images of 32x32 pixels that lie in memory, run through a pipeline when loaded. */
final class CifarImages implements Dataset.Images {
    private static final int PIXELS = CifarBatch.SIDE * CifarBatch.SIDE;
    private final List<CifarBatch> batches;
    private final List<String> classes;
    private final int first;
    private final int size;
    private final List<Transform> pipeline;

    CifarImages(List<CifarBatch> batches, List<String> classes, OptionalInt indices, List<Transform> pipeline) {
        this.batches = batches;
        this.classes = classes;
        this.pipeline = pipeline;
        int all = batches.stream().mapToInt(CifarBatch::size).sum();
        this.size = indices.isEmpty() ? all : Math.min(Math.abs(indices.getAsInt()), all);
        this.first = indices.orElse(0) < 0 ? all - size : 0;
        int largest = batches.stream().flatMapToInt(batch -> java.util.Arrays.stream(batch.labels())).max().orElse(-1);
        if (largest >= classes.size()) {
            throw new UsageException("classes: there must be a name for every label up to " + largest + ", not only " + classes.size());
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public OptionalInt label(int index) {
        return place(index).label();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        Place place = place(index);
        Sample sample = new Sample(index, place.batch.file().resolve(Integer.toString(place.within)), place.label());
        sample.setImages(image(place.batch, place.within));
        pipeline.forEach(transform -> transform.apply(sample, random));
        return sample;
    }

    /** Where an image lies. */
    private record Place(CifarBatch batch, int within) {
        OptionalInt label() {
            return OptionalInt.of(batch.labels()[within]);
        }
    }

    private Place place(int index) {
        int within = first + index;
        int number = 0;
        while (within >= batches.get(number).size()) {
            within -= batches.get(number).size();
            number++;
        }
        return new Place(batches.get(number), within);
    }

    /** Of planes of red, green and blue. */
    private static Image image(CifarBatch batch, int number) {
        Image image = Image.create(CifarBatch.SIDE, CifarBatch.SIDE, 3);
        int start = batch.start(number);
        for (int i = 0; i < PIXELS; i++) {
            for (int c = 0; c < 3; c++) {
                image.data()[3 * i + c] = batch.bytes()[start + c * PIXELS + i];
            }
        }
        return image;
    }
}
