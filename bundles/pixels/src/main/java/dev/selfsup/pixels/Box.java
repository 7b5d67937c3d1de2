package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/**
 * A rectangle of an image.
 *
 * @param x left column
 * @param y upper row
 * @param width columns
 * @param height rows
 */
public record Box(int x, int y, int width, int height) {
    public Box {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("a box needs a corner inside the image and a size of at least 1x1, not " + width + "x"
                    + height + " at " + x + "," + y);
        }
    }

    /** The whole image. */
    public static Box all(Image image) {
        return new Box(0, 0, image.width(), image.height());
    }

    /** The box between two corners that both belong to it. */
    public static Box inclusive(int yMin, int xMin, int yMax, int xMax) {
        return new Box(xMin, yMin, xMax - xMin + 1, yMax - yMin + 1);
    }

    /** The pixels of the box. Throws {@link IllegalArgumentException} if it is not inside the image. */
    public Image cut(Image source) {
        within(source);
        Image out = Image.create(width, height, source.channels());
        int row = width * source.channels();
        for (int i = 0; i < height; i++) {
            System.arraycopy(source.data(), offset(source, i), out.data(), i * row, row);
        }
        return out;
    }

    /** Index of the first byte of a row of the box. */
    int offset(Image source, int row) {
        return ((y + row) * source.width() + x) * source.channels();
    }

    void within(Image source) {
        if (x + width > source.width() || y + height > source.height()) {
            throw new IllegalArgumentException("the box " + this + " is not inside an image of " + source.width() + "x" + source.height());
        }
    }
}
