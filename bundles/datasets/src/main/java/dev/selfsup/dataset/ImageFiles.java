package dev.selfsup.dataset;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** The opened images of a listing, run through a pipeline when loaded. */
public final class ImageFiles implements Dataset.Images {
    private final Listing listing;
    private final List<Transform> pipeline;

    /**
     * @param listing files and labels
     * @param pipeline transforms, the first of which loads the file
     */
    public ImageFiles(Listing listing, List<Transform> pipeline) {
        this.listing = listing;
        this.pipeline = List.copyOf(pipeline);
    }

    @Override
    public int size() {
        return listing.files().size();
    }

    @Override
    public boolean labelled() {
        return listing.labels().isPresent();
    }

    @Override
    public List<String> classes() {
        return listing.classes();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        OptionalInt label = listing.labels().isPresent() ? OptionalInt.of(listing.labels().get()[index]) : OptionalInt.empty();
        Sample sample = new Sample(index, listing.base().resolve(listing.files().get(index)), label);
        for (Transform transform : pipeline) {
            transform.apply(sample, random);
        }
        return sample;
    }
}
