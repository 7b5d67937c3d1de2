package dev.selfsup.pixels;

import static dev.selfsup.api.component.Check.check;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A random box of an image (Szegedy et al. 2015): its area is uniform in {@code scale}, its aspect ratio log-uniform in {@code ratio}; sides are rounded half to even and the corner is
 * uniform among all that fit. A box that does not fit is drawn again; after so many attempts it is the largest central box of an allowed ratio.
 *
 * @param scale smallest and largest part of the image's area
 * @param ratio smallest and largest width / height
 * @param attempts boxes drawn before the central one is taken
 */
public record RandomBox(List<Double> scale, List<Double> ratio, int attempts) {
    /** Checks what a config says, naming its keys {@code scale} and {@code ratio}. */
    public RandomBox {
        range("scale", scale);
        range("ratio", ratio);
        check(ratio.get(0) > 0, "ratio must be positive, not %s", ratio);
    }

    private static void range(String key, List<Double> range) {
        check(range.size() == 2 && range.get(0) <= range.get(1) && range.get(0) >= 0,
                "%s must be [smallest, largest], both at least 0, not %s", key, range);
    }

    /** A box of an image of that size. */
    public Box draw(int width, int height, RandomGenerator random) {
        double area = (double) width * height;
        double low = StrictMath.log(ratio.get(0));
        double high = StrictMath.log(ratio.get(1));
        for (int attempt = 0; attempt < attempts; attempt++) {
            double target = uniform(random, scale.get(0), scale.get(1)) * area;
            double drawn = StrictMath.exp(uniform(random, low, high));
            int w = (int) Math.rint(Math.sqrt(target * drawn));
            int h = (int) Math.rint(Math.sqrt(target / drawn));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                int y = random.nextInt(height - h + 1);
                int x = random.nextInt(width - w + 1);
                return new Box(x, y, w, h);
            }
        }
        return central(width, height);
    }

    private Box central(int width, int height) {
        double whole = (double) width / height;
        int w = width;
        int h = height;
        if (whole < ratio.get(0)) {
            h = (int) Math.rint(width / ratio.get(0));
        } else if (whole > ratio.get(1)) {
            w = (int) Math.rint(height * ratio.get(1));
        }
        return new Box((width - w) / 2, (height - h) / 2, Math.max(1, w), Math.max(1, h));
    }

    private static double uniform(RandomGenerator random, double low, double high) {
        return low + random.nextDouble() * (high - low);
    }
}
