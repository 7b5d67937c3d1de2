package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/** OpenCV's mean over the area that a result pixel covers; where it enlarges, a sharper kind of bilinear interpolation. */
enum CvArea implements Resampling {
    AREA;

    @Override
    public Image resize(Image source, Box box, int width, int height) {
        box.within(source);
        if (width == box.width() && height == box.height()) {
            return box.cut(source);
        }
        if (width > box.width() || height > box.height()) {
            return CvTaps.BILINEAR.resize(source, box, enlarged(box.width(), width, true),
                    enlarged(box.height(), height, false));
        }
        if (box.width() % width == 0 && box.height() % height == 0) {
            return blocks(source, box, width, height);
        }
        return mean(source, box, cells(box.width(), width), cells(box.height(), height), width, height);
    }

    /** Each result pixel the mean of a block of whole pixels. */
    private static Image blocks(Image source, Box box, int width, int height) {
        int channels = source.channels();
        int columns = box.width() / width;
        int rows = box.height() / height;
        float factor = 1f / (columns * rows);
        Image out = Image.create(width, height, channels);
        for (int y = 0, o = 0; y < height; y++) {
            for (int i = 0; i < width * channels; i++) {
                int sum = 0;
                for (int dy = 0; dy < rows; dy++) {
                    int in = box.offset(source, y * rows + dy) + i / channels * columns * channels + i % channels;
                    for (int dx = 0; dx < columns; dx++) {
                        sum += source.data()[in + dx * channels] & 255;
                    }
                }
                out.data()[o++] = (byte) (columns == 2 && rows == 2 ? sum + 2 >> 2 : (int) Math.rint(sum * factor));
            }
        }
        return out;
    }

    /** Parts of source pixels: part i is weight[i] of source pixel from[i], and goes into result pixel to[i]. */
    private record Cells(int[] from, int[] to, float[] weight, int count) {}

    private static Cells cells(int size, int out) {
        double scale = 1 / ((double) out / size);
        Cells cells = new Cells(new int[size + 2 * out], new int[size + 2 * out], new float[size + 2 * out], 0);
        int n = 0;
        for (int i = 0; i < out; i++) {
            double start = i * scale;
            double end = start + scale;
            double length = Math.min(scale, size - start);
            int last = Math.min((int) Math.floor(end), size - 1);
            int first = Math.min((int) Math.ceil(start), last);
            if (first - start > 1e-3) {
                n = put(cells, n, first - 1, i, (first - start) / length);
            }
            for (int j = first; j < last; j++) {
                n = put(cells, n, j, i, 1 / length);
            }
            if (end - last > 1e-3) {
                n = put(cells, n, last, i, Math.min(Math.min(end - last, 1), length) / length);
            }
        }
        return new Cells(cells.from, cells.to, cells.weight, n);
    }

    private static int put(Cells cells, int n, int from, int to, double weight) {
        cells.from[n] = from;
        cells.to[n] = to;
        cells.weight[n] = (float) weight;
        return n + 1;
    }

    private static Image mean(Image source, Box box, Cells across, Cells down, int width, int height) {
        int line = width * source.channels();
        float[] floats = Scratch.ofThread().floats(2 * line);                        // sums of a result row; one source row
        Image out = Image.create(width, height, source.channels());
        java.util.Arrays.fill(floats, 0, line, 0f);
        for (int i = 0; i < down.count; i++) {
            java.util.Arrays.fill(floats, line, 2 * line, 0f);
            alongRow(source, box.offset(source, down.from[i]), across, floats, line);
            float weight = down.weight[i];
            for (int x = 0; x < line; x++) {
                floats[x] += weight * floats[line + x];
            }
            if (i + 1 == down.count || down.to[i + 1] != down.to[i]) {
                store(floats, line, out.data(), down.to[i] * line);
            }
        }
        return out;
    }

    private static void alongRow(Image source, int in, Cells across, float[] out, int start) {
        byte[] data = source.data();
        int channels = source.channels();
        for (int i = 0; i < across.count; i++) {
            int from = in + across.from[i] * channels;
            int to = start + across.to[i] * channels;
            float weight = across.weight[i];
            for (int c = 0; c < channels; c++) {
                out[to + c] += weight * (data[from + c] & 255);
            }
        }
    }

    private static void store(float[] sums, int line, byte[] out, int start) {
        for (int x = 0; x < line; x++) {
            out[start + x] = (byte) Math.min(255, Math.max(0, (int) Math.rint(sums[x])));
            sums[x] = 0;
        }
    }

    private static CvTaps.Axis enlarged(int size, int out, boolean snap) {
        double inverse = (double) out / size;
        double scale = 1 / inverse;
        CvTaps.Axis axis = new CvTaps.Axis(new int[out], new int[out * 2], new int[out * 2], size);
        for (int i = 0; i < out; i++) {
            int first = (int) Math.floor(i * scale);
            float rest = (float) ((i + 1) - (first + 1) * inverse);
            rest = rest <= 0 ? 0 : rest - (float) Math.floor(rest);
            if (snap && first >= size - 1) {
                first = size - 1;
                rest = 0;
            }
            CvTaps.BILINEAR.put(axis, i, first, new float[] {1 - rest, rest});
        }
        return axis;
    }
}
