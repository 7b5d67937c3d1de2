package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/** Takes for every result pixel one source pixel. */
enum Nearest implements Resampling {
    /** The source pixel under the centre of the result pixel, found by adding up steps. */
    PILLOW {
        @Override
        int[] positions(int size, int out) {
            double step = (double) size / out;
            double at = step * 0.5;
            int[] positions = new int[out];
            for (int i = 0; i < out; i++) {
                positions[i] = Math.min((int) at, size - 1);
                at += step;
            }
            return positions;
        }
    },

    /** The source pixel under the corner of the result pixel. */
    CV2 {
        @Override
        int[] positions(int size, int out) {
            double step = 1 / ((double) out / size);
            int[] positions = new int[out];
            for (int i = 0; i < out; i++) {
                positions[i] = Math.min((int) Math.floor(i * step), size - 1);
            }
            return positions;
        }
    };

    abstract int[] positions(int size, int out);

    @Override
    public Image resize(Image source, Box box, int width, int height) {
        box.within(source);
        int[] columns = positions(box.width(), width);
        int[] rows = positions(box.height(), height);
        int channels = source.channels();
        Image out = Image.create(width, height, channels);
        byte[] from = source.data();
        byte[] to = out.data();
        for (int y = 0, o = 0; y < height; y++) {
            int row = box.offset(source, rows[y]);
            for (int x = 0; x < width; x++) {
                int i = row + columns[x] * channels;
                for (int c = 0; c < channels; c++) {
                    to[o++] = from[i + c];
                }
            }
        }
        return out;
    }
}
