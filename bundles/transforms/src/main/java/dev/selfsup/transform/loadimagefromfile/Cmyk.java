package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;
import java.awt.image.Raster;

/**
 * Conversion of four inks to BGR, as OpenCV does it: without a colour profile.
 *
 * @param inverted whether 255 means no ink
 * @param ycck whether the first three are stored as YCbCr
 */
record Cmyk(boolean inverted, boolean ycck) {
    /** Converts [height, width, 4]. */
    Image bgr(Raster raster) {
        Image out = Image.create(raster.getWidth(), raster.getHeight(), 3);
        int[] row = new int[raster.getWidth() * 4];
        for (int y = 0, o = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i += 4, o += 3) {
                if (ycck) {
                    fromYcc(row, i);
                }
                put(row, i, out.data(), o);
            }
        }
        return out;
    }

    /** YCbCr (JFIF) to the inks that are its complement. */
    private static void fromYcc(int[] row, int i) {
        double luma = row[i];
        double blue = row[i + 1] - 128;
        double red = row[i + 2] - 128;
        row[i] = 255 - clip(luma + 1.402 * red);
        row[i + 1] = 255 - clip(luma - 0.344136286 * blue - 0.714136286 * red);
        row[i + 2] = 255 - clip(luma + 1.772 * blue);
    }

    private void put(int[] row, int i, byte[] data, int o) {
        int light = inverted ? row[i + 3] : 255 - row[i + 3];
        for (int c = 0; c < 3; c++) {
            int value = inverted ? row[i + c] : 255 - row[i + c];
            data[o + 2 - c] = (byte) (light - ((255 - value) * light >> 8));
        }
    }

    private static int clip(double value) {
        return (int) Math.min(255, Math.max(0, Math.rint(value)));
    }
}
