package dev.selfsup.hook.reconstructionhook;

import dev.selfsup.api.run.Restored;

/** Mean squared errors of hidden patches over many images: of what is predicted, and of the mean of the same image's visible patches put in their place. */
final class HiddenError {
    private double predicted;
    private double filled;
    private long count;
    private int images;

    /** Adds an image. One that has no hidden or no visible patch does not count. */
    void add(Restored restored) {
        Restored.Plane mask = restored.mask();
        Restored.Plane target = restored.target();
        Patch patch = new Patch(target.height() / mask.height(), target.width() / mask.width());
        double[] mean = mean(mask, target, patch);
        boolean counted = false;
        for (int place = 0; mean.length > 0 && place < mask.values().length; place++) {
            if (mask.values()[place] > 0) {
                counted = true;
                add(restored, patch, place, mean);
            }
        }
        images += counted ? 1 : 0;
    }

    private void add(Restored restored, Patch patch, int place, double[] mean) {
        for (int i = 0; i < mean.length; i++) {
            int at = patch.at(restored.target(), restored.mask().width(), place, i);
            double wanted = restored.target().values()[at];
            predicted += square(restored.prediction().values()[at] - wanted);
            filled += square(mean[i] - wanted);
            count++;
        }
    }

    private static double square(double value) {
        return value * value;
    }

    /** The mean visible patch, [C, P, P]; empty where there is none. */
    private static double[] mean(Restored.Plane mask, Restored.Plane target, Patch patch) {
        double[] mean = new double[target.channels() * patch.height * patch.width];
        int visible = 0;
        for (int place = 0; place < mask.values().length; place++) {
            if (mask.values()[place] == 0) {
                visible++;
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += target.values()[patch.at(target, mask.width(), place, i)];
                }
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= visible;
        }
        return visible == 0 ? new double[0] : mean;
    }

    /** Size of a patch of a map. */
    private record Patch(int height, int width) {
        /** Where element i of the patch at a place, counted row by row, stands in the map. */
        int at(Restored.Plane map, int columns, int place, int i) {
            int y = place / columns * height + i / width % height;
            int x = place % columns * width + i % width;
            return (i / (height * width) * map.height() + y) * map.width() + x;
        }
    }

    /** Images that count. */
    int images() {
        return images;
    }

    /** Error of predictions; NaN without images. */
    double predicted() {
        return predicted / count;
    }

    /** Error of filling; NaN without images. */
    double filled() {
        return filled / count;
    }
}
