package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;
import java.util.function.IntUnaryOperator;

/**
 * Changes of tone and colour of 8-bit images of three channels, in place, with the arithmetic of OpenCV and of the reference's image library on top of it. An image
 * is BGR.
 */
public final class CvColor {
    private static final int VALUES = 256;
    private static final int SHARPENING_CENTRE = 5;
    private static final float SHARPENING_SUM = 13;

    private CvColor() {}

    /** Multiplies all values by a factor. */
    public static void brightness(Image image, double factor) {
        replace(image, mixWith(0, factor));
    }

    /** Multiplies the distances from the image's mean grey by a factor. */
    public static void contrast(Image image, double factor) {
        byte[] data = image.data();
        long sum = 0;
        for (int i = 0; i + 2 < data.length; i += 3) {
            sum += grey(data, i);
        }
        int mean = (int) Math.rint((double) sum / (data.length / 3));
        replace(image, mixWith(mean, factor));
    }

    /** Multiplies the distances from each pixel's grey by a factor. */
    public static void saturation(Image image, double factor) {
        byte[] data = image.data();
        float alpha = (float) factor;
        float beta = (float) (1 - factor);
        for (int i = 0; i + 2 < data.length; i += 3) {
            float grey = grey(data, i) * beta;
            for (int c = i; c < i + 3; c++) {
                float mixed = (float) ((double) (data[c] & 255) * alpha + grey);     // multiplied and added with one rounding
                data[c] = (byte) Math.min(255, Math.max(0, (int) Math.rint(mixed)));
            }
        }
    }

    /** Multiplies the distances from a slightly smoothed image by a factor: the middle of 3x3 pixels weighs 5/13, the others 1/13. */
    public static void sharpness(Image image, double factor) {
        byte[] sharp = image.data().clone();
        int channels = image.channels();
        for (int y = 0, o = 0; y < image.height(); y++) {
            int above = Border.REFLECT.at(y - 1, image.height()) * image.width();
            int row = y * image.width();
            int below = Border.REFLECT.at(y + 1, image.height()) * image.width();
            for (int x = 0; x < image.width(); x++) {
                int left = Border.REFLECT.at(x - 1, image.width());
                int right = Border.REFLECT.at(x + 1, image.width());
                for (int c = 0; c < channels; c++, o++) {
                    int sum = 0;
                    for (int start : new int[] {above, row, below}) {
                        sum += (sharp[(start + left) * channels + c] & 255) + (sharp[(start + x) * channels + c] & 255)
                                + (sharp[(start + right) * channels + c] & 255);
                    }
                    int value = sharp[o] & 255;
                    int smooth = Math.round((sum + (SHARPENING_CENTRE - 1) * value) / SHARPENING_SUM);
                    image.data()[o] = cut(value * factor + smooth * (1 - factor));
                }
            }
        }
    }

    /** Stretches each channel so that its smallest value becomes 0 and its largest 255; a channel of one value stays. */
    public static void autoContrast(Image image) {
        for (int c = 0; c < image.channels(); c++) {
            int[] counts = counts(image, c);
            int low = 0;
            int high = VALUES - 1;
            while (low < high && counts[low] == 0) {
                low++;
            }
            while (high > low && counts[high] == 0) {
                high--;
            }
            if (low < high) {
                double scale = 255.0 / (high - low);
                double offset = -low * scale;
                byte[] table = new byte[VALUES];
                for (int i = 0; i < VALUES; i++) {
                    table[i] = (byte) (int) Math.min(255, Math.max(0, i * scale + offset));
                }
                replace(image, c, table);
            }
        }
    }

    /** Spreads the values of each channel so that all are about equally frequent, as Pillow does. */
    public static void equalize(Image image) {
        for (int c = 0; c < image.channels(); c++) {
            int[] counts = counts(image, c);
            int total = 0;
            int last = 0;
            for (int count : counts) {
                total += count;
                last = count > 0 ? count : last;
            }
            int step = (total - last) / 255;
            if (step > 0) {
                byte[] table = new byte[VALUES];
                int below = 0;
                for (int i = 1; i < VALUES; i++) {
                    below += counts[i - 1];
                    table[i] = (byte) Math.min(255, (below + step / 2) / step);
                }
                replace(image, c, table);
            }
        }
    }

    /** Turns the hues by 256ths of a turn. */
    public static void hue(Image image, int step) {
        byte[] data = image.data();
        CvHsv.fromBgr(data);
        for (int i = 0; i + 2 < data.length; i += 3) {
            data[i] += (byte) step;
        }
        CvHsv.toBgr(data, image.width(), 255);
    }

    /**
     * Replaces each value.
     *
     * @param change what becomes of a value from 0 to 255; of the result the lowest 8 bits count
     */
    public static void map(Image image, IntUnaryOperator change) {
        byte[] table = new byte[VALUES];
        for (int i = 0; i < VALUES; i++) {
            table[i] = (byte) change.applyAsInt(i);
        }
        replace(image, table);
    }

    private static void replace(Image image, byte... table) {
        byte[] data = image.data();
        for (int i = 0; i < data.length; i++) {
            data[i] = table[data[i] & 255];
        }
    }

    private static void replace(Image image, int channel, byte... table) {
        byte[] data = image.data();
        for (int i = channel; i < data.length; i += image.channels()) {
            data[i] = table[data[i] & 255];
        }
    }

    private static int[] counts(Image image, int channel) {
        int[] counts = new int[VALUES];
        for (int i = channel; i < image.data().length; i += image.channels()) {
            counts[image.data()[i] & 255]++;
        }
        return counts;
    }

    private static byte[] mixWith(int value, double factor) {
        byte[] table = new byte[VALUES];
        for (int i = 0; i < VALUES; i++) {
            table[i] = cut(i * factor + value * (1 - factor));
        }
        return table;
    }

    /** In floating point, cut off. */
    private static byte cut(double mixed) {
        return (byte) Math.min(255, Math.max(0, (float) mixed));
    }

    private static int grey(byte[] bgr, int i) {
        return (bgr[i] & 255) * 3735 + (bgr[i + 1] & 255) * 19235 + (bgr[i + 2] & 255) * 9798 + (1 << 14) >> 15;
    }
}
