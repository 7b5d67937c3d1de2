package dev.selfsup.api.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * One image of a dataset on its way through the transforms. Transforms change it in place: they replace its images
 * and add fields. One thread at a time works on a sample.
 */
public final class Sample {
    private final int index;
    private final Path path;
    private final OptionalInt label;
    private final Source source;
    private final List<Image> images = new ArrayList<>(2);
    private final Map<String, Field> fields = new TreeMap<>();

    /**
     * A named array beside the images, as a mask or a pseudo label.
     *
     * @param values values in C order; whole numbers where {@code integer}
     * @param integer whether the values are whole numbers
     * @param shape shape of one sample's array, empty for a scalar
     */
    public record Field(double[] values, boolean integer, int... shape) {
        /** How many of the values are 1. */
        public int ones() {
            int ones = 0;
            for (double value : values) {
                ones += value == 1 ? 1 : 0;
            }
            return ones;
        }
    }

    /** Reads an encoded image, as a JPEG file, wherever it lies. */
    @FunctionalInterface
    public interface Source {
        /** The bytes of the image file. */
        byte[] read() throws IOException;
    }

    /**
     * A sample without images yet.
     *
     * @param index position in the dataset
     * @param path the image file
     * @param label class, if the dataset has labels
     */
    public Sample(int index, Path path, OptionalInt label) {
        this(index, path, label, () -> Files.readAllBytes(path));
    }

    /**
     * A sample without images yet, whose image lies within another file.
     *
     * @param index position in the dataset
     * @param path what messages call the image
     * @param label class, if the dataset has labels
     * @param source reads the image
     */
    public Sample(int index, Path path, OptionalInt label, Source source) {
        this.index = index;
        this.path = path;
        this.label = label;
        this.source = source;
    }

    /** The bytes of the image file. */
    public byte[] encoded() throws IOException {
        return source.read();
    }

    /** Position in the dataset. */
    public int index() {
        return index;
    }

    /** The image file. */
    public Path path() {
        return path;
    }

    /** Class, if the dataset has labels. */
    public OptionalInt label() {
        return label;
    }

    /** The only image. Throws {@link IllegalStateException} before loading and after {@code MultiView}. */
    public Image image() {
        if (images.size() != 1) {
            throw new IllegalStateException("the sample " + path + " has " + images.size() + " images, not one");
        }
        return images.get(0);
    }

    /** The images: none before loading, one, or the views. Unmodifiable. */
    public List<Image> images() {
        return List.copyOf(images);
    }

    /** Replaces all images. */
    public void setImages(Image... replacement) {
        setImages(List.of(replacement));
    }

    /** Replaces all images. */
    public void setImages(List<Image> replacement) {
        List<Image> copy = List.copyOf(replacement);
        images.clear();
        images.addAll(copy);
    }

    /** A sample of the same file with copies of the images and the same fields, to be changed on its own. */
    public Sample copy() {
        Sample copy = new Sample(index, path, label, source);
        for (Image image : images) {
            copy.images.add(new Image(image.width(), image.height(), image.channels(), image.data().clone()));
        }
        copy.fields.putAll(fields);
        return copy;
    }

    /** A sample of the same file with the images themselves and the same fields; this one has no images until it gets new ones. */
    public Sample handOver() {
        Sample taker = new Sample(index, path, label, source);
        taker.images.addAll(images);
        taker.fields.putAll(fields);
        images.clear();
        return taker;
    }

    /** The named arrays, in the order of their names; modifiable. */
    public Map<String, Field> fields() {
        return fields;
    }
}
