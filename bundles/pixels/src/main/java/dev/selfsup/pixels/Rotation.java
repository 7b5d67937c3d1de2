package dev.selfsup.pixels;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.data.Image;
import java.util.List;

/** Turns images clockwise, as OpenCV's {@code getRotationMatrix2D} and {@code warpAffine} do. Threads share one instance. */
public final class Rotation {
    private final Shape shape;
    private final Warp warp;

    /**
     * What becomes of the shape of an image.
     *
     * @param center column and row about which it is turned; empty for its middle
     * @param expand whether the result has room for the whole turned image, rather than its size
     * @param fill value of the first channel, blue, outside the image; others are 0 there, as OpenCV has it
     */
    public record Shape(List<Double> center, boolean expand, int fill) {
        public Shape {
            center = List.copyOf(center);
            check(center.isEmpty() || center.size() == 2, "center must be [column, row], not %s", center);
            check(center.isEmpty() || !expand, "center must not be given with expand: true");
            check(fill >= 0 && fill <= 255, "fill must be from 0 to 255, not %d", fill);
        }
    }

    private Rotation(Shape shape, Warp warp) {
        this.shape = shape;
        this.warp = warp;
    }

    /**
     * A way to turn.
     *
     * @param interpolation as {@link Warp#of} takes it
     * @param shape what becomes of the shape
     */
    public static Rotation of(String interpolation, Shape shape) {
        return new Rotation(shape, Warp.of(interpolation));
    }

    /**
     * Turns an image.
     *
     * @param source the image; not changed
     * @param degrees by how much, clockwise
     * @return a new image
     */
    public Image turn(Image source, double degrees) {
        double[] forward = map(source, shape.center, degrees, 1);
        if (!shape.expand) {
            return warp.move(source, forward, source.width(), source.height(), shape.fill);
        }
        double sin = Math.abs(forward[1]);
        double cos = Math.abs(forward[0]);
        double width = source.height() * sin + source.width() * cos;
        double height = source.height() * cos + source.width() * sin;
        forward[2] += (width - source.width()) * 0.5;
        forward[5] += (height - source.height()) * 0.5;
        return warp.move(source, forward, (int) Math.rint(width), (int) Math.rint(height), shape.fill);
    }

    /**
     * Where the pixels of a turned image go, as {@link Warp#move} takes it.
     *
     * @param center column and row about which it is turned; empty for its middle
     * @param degrees by how much, clockwise
     * @param scale by how much it becomes larger
     */
    public static double[] map(Image source, List<Double> center, double degrees, double scale) {
        double angle = -degrees * (Math.PI / 180);
        double cos = StrictMath.cos(angle) * scale;
        double sin = StrictMath.sin(angle) * scale;
        float x = center.isEmpty() ? (source.width() - 1) * 0.5f : center.get(0).floatValue();
        float y = center.isEmpty() ? (source.height() - 1) * 0.5f : center.get(1).floatValue();
        return new double[] {cos, sin, (1 - cos) * x - sin * y, -sin, cos, sin * x + (1 - cos) * y};
    }
}
