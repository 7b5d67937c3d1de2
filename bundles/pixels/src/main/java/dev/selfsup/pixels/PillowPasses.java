package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The two passes of a {@link PillowFilter} over one part of an image, first along rows, then along columns. The first pass turns columns of the source into arrays, so
 * that both passes are loops over whole arrays, which the JIT compiler vectorises.
 */
final class PillowPasses {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BITS = PillowFilter.BITS;
    private static final int HALF = 1 << BITS - 1;

    private final Image source;
    private final Box box;
    private final Scratch scratch = Scratch.ofThread();

    PillowPasses(Image source, Box box) {
        this.source = source;
        this.box = box;
    }

    /**
     * Resizes.
     *
     * @param across weights along rows; null where the width stays
     * @param down weights along columns
     */
    Image resize(PillowFilter.Taps across, PillowFilter.Taps down, int width, int height) {
        int first = down.from()[0];
        int rows = down.from()[height - 1] + down.count()[height - 1] - first;
        int line = width * source.channels();
        int[][] between = scratch.lines(0, rows, line);                              // [rows][width * channels]
        if (across == null) {
            copyRows(first, rows, line, between);
        } else {
            alongRows(first, rows, across, between);
        }
        Image out = Image.create(width, height, source.channels());
        alongColumns(between, first, line, down, out.data());
        return out;
    }

    private void copyRows(int first, int rows, int line, int[][] between) {
        byte[] data = source.data();
        for (int y = 0; y < rows; y++) {
            int in = box.offset(source, first + y);
            int[] row = between[y];
            for (int i = 0; i < line; i++) {
                row[i] = data[in + i] & 255;
            }
        }
    }

    private void alongRows(int first, int rows, PillowFilter.Taps across, int[][] between) {
        int channels = source.channels();
        int size = across.size();
        int[][] window = scratch.lines(1, size * channels, rows);                    // the columns in reach, [size * channels][rows]
        int[][] sums = scratch.lines(2, channels, rows);
        int loaded = across.from()[0];
        for (int x = 0; x < across.from().length; x++) {
            int from = across.from()[x];
            int count = across.count()[x];
            for (; loaded < from + count; loaded++) {
                load(first, rows, loaded, window, loaded % size * channels);
            }
            for (int c = 0; c < channels; c++) {
                int[][] taps = scratch.taps(size);
                for (int k = 0; k < count; k++) {
                    taps[k] = window[(from + k) % size * channels + c];
                }
                weigh(sums[c], rows, taps, across.weight(), x * size, count);
            }
            store(sums, channels, rows, between, x * channels);
        }
    }

    /** Brings one column of the source into arrays, one for each channel. */
    private void load(int first, int rows, int column, int[][] window, int slot) {
        byte[] data = source.data();
        int channels = source.channels();
        int step = source.width() * channels;
        int in = box.offset(source, first) + column * channels;
        if (channels == 3) {
            loadThree(data, in, step, rows, window[slot], window[slot + 1], window[slot + 2]);
            return;
        }
        for (int c = 0; c < channels; c++) {
            int[] values = window[slot + c];
            for (int y = 0; y < rows; y++) {
                values[y] = data[in + c + y * step] & 255;
            }
        }
    }

    /** All pixels but the last are read as four bytes at once, of which three count. */
    private static void loadThree(byte[] data, int in, int step, int rows, int[] a, int[] b, int[] c) {
        int last = rows - 1;
        int i = in;
        for (int y = 0; y < last; y++, i += step) {
            int pixel = (int) INT.get(data, i);
            a[y] = pixel & 255;
            b[y] = pixel >> 8 & 255;
            c[y] = pixel >> 16 & 255;
        }
        a[last] = data[i] & 255;
        b[last] = data[i + 1] & 255;
        c[last] = data[i + 2] & 255;
    }

    private static void store(int[][] columns, int channels, int rows, int[][] between, int at) {
        if (channels == 3) {
            storeThree(columns[0], columns[1], columns[2], rows, between, at);
            return;
        }
        for (int y = 0; y < rows; y++) {
            for (int c = 0; c < channels; c++) {
                between[y][at + c] = columns[c][y];
            }
        }
    }

    private static void storeThree(int[] a, int[] b, int[] c, int rows, int[][] between, int at) {
        for (int y = 0; y < rows; y++) {
            int[] row = between[y];
            row[at] = a[y];
            row[at + 1] = b[y];
            row[at + 2] = c[y];
        }
    }

    private void alongColumns(int[][] between, int first, int line, PillowFilter.Taps down, byte[] out) {
        int[] sums = scratch.sums(line);
        int[][] taps = scratch.taps(down.size());
        for (int y = 0, o = 0; y < down.from().length; y++, o += line) {
            int count = down.count()[y];
            System.arraycopy(between, down.from()[y] - first, taps, 0, count);
            weigh(sums, line, taps, down.weight(), y * down.size(), count);
            for (int i = 0; i < line; i++) {
                out[o + i] = (byte) sums[i];
            }
        }
    }

    /** The weighted sum of some arrays, rounded and cut to 0 to 255. */
    private static void weigh(int[] sums, int length, int[][] taps, int[] weight, int w, int count) {
        int last = count - 1;                                                        // what is missing to a pair or four is the last one, weighing nothing
        begin(sums, length, taps[0], weight[w], taps[Math.min(1, last)], count > 1 ? weight[w + 1] : 0);
        for (int k = 2; k < count; k += 4) {
            int[] b = taps[Math.min(k + 1, last)];
            int[] c = taps[Math.min(k + 2, last)];
            int[] d = taps[Math.min(k + 3, last)];
            add(sums, length, taps[k], weight[w + k], b, k + 1 < count ? weight[w + k + 1] : 0, c, k + 2 < count ? weight[w + k + 2] : 0, d,
                    k + 3 < count ? weight[w + k + 3] : 0);
        }
        cut(sums, length);
    }

    private static void begin(int[] sums, int length, int[] a, int weightA, int[] b, int weightB) {
        for (int i = 0; i < length; i++) {
            sums[i] = HALF + weightA * a[i] + weightB * b[i];
        }
    }

    private static void add(int[] sums, int length, int[] a, int weightA, int[] b, int weightB, int[] c, int weightC, int[] d, int weightD) {
        for (int i = 0; i < length; i++) {
            sums[i] += weightA * a[i] + weightB * b[i] + weightC * c[i] + weightD * d[i];
        }
    }

    /** Without branches: negative values become 0, those above 255 become 255. */
    private static void cut(int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            int value = sums[i] >> BITS;
            value &= ~(value >> 31);
            sums[i] = (value | 255 - value >> 31) & 255;
        }
    }
}
