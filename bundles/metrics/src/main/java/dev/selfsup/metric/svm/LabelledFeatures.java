package dev.selfsup.metric.svm;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Features of images, scaled to length 1, and which classes are in each: 1 there, 0 not, -1 not told, as where all objects of a class are hard to recognise. */
public final class LabelledFeatures {
    private static final double ROOM = 1e-5;

    private final Feature[][] rows;
    private final int[][] targets;
    private final int width;

    /**
     * Takes features over.
     *
     * @param features [N][D]
     * @param targets [N][K], of 1, 0 and -1
     */
    public LabelledFeatures(List<float[]> features, List<int[]> targets) {
        if (features.isEmpty() || features.size() != targets.size()) {
            throw new UsageException("an SVM needs images with labels: there are " + features.size() + " features and " + targets.size() + " labels");
        }
        this.width = features.get(0).length;
        this.rows = features.stream().map(LabelledFeatures::row).toArray(Feature[][]::new);
        this.targets = targets.toArray(int[][]::new);
    }

    /** Numbers that are not 0, divided by the row's length, and a 1 for the bias. */
    private static Feature[] row(float[] values) {
        double squares = 0;
        int count = 0;
        for (float value : values) {
            squares += (double) value * value;
            count += value == 0 ? 0 : 1;
        }
        double norm = Math.sqrt(squares) + ROOM;
        Feature[] row = new Feature[count + 1];
        int at = 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                row[at++] = new FeatureNode(i + 1, values[i] / norm);
            }
        }
        row[at] = new FeatureNode(values.length + 1, 1);
        return row;
    }

    /** Number of images. */
    public int size() {
        return rows.length;
    }

    /** Number of classes. */
    public int classes() {
        return targets[0].length;
    }

    /** Numbers of a row, the bias among them. */
    int width() {
        return width + 1;
    }

    Feature[] row(int image) {
        return rows[image];
    }

    int target(int image, int label) {
        return targets[image][label];
    }

    /** Whether every image has exactly one class. */
    boolean oneClassEach() {
        return Arrays.stream(targets).allMatch(target -> Arrays.stream(target).allMatch(value -> value >= 0) && Arrays.stream(target).sum() == 1);
    }

    /** The only class of an image. */
    int label(int image) {
        return IntStream.range(0, classes()).filter(label -> targets[image][label] == 1).findFirst().orElseThrow();
    }

    /** Images of which it is told whether a class is there. */
    int[] told(int label) {
        return IntStream.range(0, rows.length).filter(i -> targets[i][label] >= 0).toArray();
    }
}
