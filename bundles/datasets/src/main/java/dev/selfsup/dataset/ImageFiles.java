package dev.selfsup.dataset;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** The opened images of a listing, run through a pipeline when loaded. */
public final class ImageFiles implements Dataset.Images {
    private static final String CLUSTERING_LABEL = "clustering_label";

    private final Listing listing;
    private final List<Transform> pipeline;
    private final Optional<int[]> clusters;

    /**
     * @param listing files and labels
     * @param pipeline transforms, the first of which loads the file
     */
    public ImageFiles(Listing listing, List<Transform> pipeline) {
        this(listing, pipeline, Optional.empty());
    }

    private ImageFiles(Listing listing, List<Transform> pipeline, Optional<int[]> clusters) {
        this.listing = listing;
        this.pipeline = List.copyOf(pipeline);
        this.clusters = clusters;
    }

    /** The same images, ready to be given labels of clusters; none has one yet. */
    public ImageFiles clustered() {
        int[] none = new int[size()];
        Arrays.fill(none, -1);
        return new ImageFiles(listing, pipeline, Optional.of(none));
    }

    @Override
    public Dataset.Images assignLabels(int[] labels) {
        if (clusters.isEmpty()) {
            return Dataset.Images.super.assignLabels(labels);
        }
        if (labels.length != size()) {
            throw new UsageException("there are labels for " + labels.length + " images, but " + size() + " in train_dataloader.dataset: extract_dataloader.dataset must "
                    + "list the same files, so give both the same data_root, data_prefix and ann_file");
        }
        return new ImageFiles(listing, pipeline, Optional.of(labels.clone()));
    }

    @Override
    public boolean ready() {
        return clusters.isEmpty() || Arrays.stream(clusters.get()).anyMatch(label -> label >= 0);
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
    public OptionalInt label(int index) {
        return listing.labels().isPresent() ? OptionalInt.of(listing.labels().get()[index]) : OptionalInt.empty();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        Sample sample = new Sample(index, listing.base().resolve(listing.files().get(index)), label(index));
        clusters.ifPresent(labels -> sample.fields().put(CLUSTERING_LABEL, new Sample.Field(new double[] {labels[index]}, true)));
        for (Transform transform : pipeline) {
            transform.apply(sample, random);
        }
        return sample;
    }
}
