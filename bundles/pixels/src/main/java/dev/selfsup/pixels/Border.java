package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;
import java.util.Locale;

/** How an image goes on beyond its border, as in OpenCV. */
public enum Border {
    /** With given values. */
    CONSTANT {
        @Override
        int inside(int position, int size) {
            return -1;
        }
    },
    /** With its last pixel. */
    EDGE {
        @Override
        int inside(int position, int size) {
            return Math.min(Math.max(position, 0), size - 1);
        }
    },
    /** Mirrored at its last pixel, which is not repeated. */
    REFLECT {
        @Override
        int inside(int position, int size) {
            if (size == 1) {
                return 0;
            }
            int period = Math.floorMod(position, 2 * size - 2);
            return period < size ? period : 2 * size - 2 - period;
        }
    },
    /** Mirrored behind its last pixel, which is repeated. */
    SYMMETRIC {
        @Override
        int inside(int position, int size) {
            int period = Math.floorMod(position, 2 * size);
            return period < size ? period : 2 * size - 1 - period;
        }
    };

    /** The position inside that a position outside shows; -1 for none. */
    abstract int inside(int position, int size);

    /**
     * Adds rows and columns around an image.
     *
     * @param source the image; not changed
     * @param room the image's place in the result: columns to its left and rows above it, and the size of the result
     * @param values of each channel where the border is constant; channels without one are 0, as OpenCV has it
     * @return a new image
     */
    public Image pad(Image source, Box room, int... values) {
        int channels = source.channels();
        Image out = Image.create(room.width(), room.height(), channels);
        for (int y = 0, o = 0; y < out.height(); y++) {
            int row = at(y - room.y(), source.height());
            for (int x = 0; x < out.width(); x++, o += channels) {
                int column = at(x - room.x(), source.width());
                for (int c = 0; c < channels; c++) {
                    boolean shown = row >= 0 && column >= 0;
                    out.data()[o + c] = shown ? source.data()[(row * source.width() + column) * channels + c] : (byte) (c < values.length ? values[c] : 0);
                }
            }
        }
        return out;
    }

    int at(int position, int size) {
        return position >= 0 && position < size ? position : inside(position, size);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
