package dev.selfsup.pixels;

/** OpenCV's conversion of 8-bit pixels between BGR and hue, saturation, value, in place. */
public final class CvHsv {
    private static final int SHIFT = 12;
    private static final int BLOCK = 32;
    private static final int[] SATURATION = divisors(255, 1);
    private static final int[] FULL_HUE = divisors(256, 6);

    private CvHsv() {}

    private static int[] divisors(int range, int parts) {
        int[] divisors = new int[256];
        for (int i = 1; i < 256; i++) {
            divisors[i] = (int) Math.rint((range << SHIFT) / ((double) parts * i));
        }
        return divisors;
    }

    /** Converts [pixels, 3] from BGR to HSV, hue in 256ths of a turn ({@code COLOR_BGR2HSV_FULL}). */
    public static void fromBgr(byte[] data) {
        for (int i = 0; i + 2 < data.length; i += 3) {
            int b = data[i] & 255;
            int g = data[i + 1] & 255;
            int r = data[i + 2] & 255;
            int value = Math.max(b, Math.max(g, r));
            int range = value - Math.min(b, Math.min(g, r));
            int hue = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
            hue = hue * FULL_HUE[range] + (1 << SHIFT - 1) >> SHIFT;
            data[i] = (byte) Math.min(255, hue < 0 ? hue + 256 : hue);
            data[i + 1] = (byte) (range * SATURATION[value] + (1 << SHIFT - 1) >> SHIFT);
            data[i + 2] = (byte) value;
        }
    }

    /**
     * Converts [pixels, 3] from HSV to BGR. As OpenCV does with AVX2, values are cut off in each row's whole blocks of 32 pixels and rounded in the pixels behind these.
     *
     * @param data pixels, changed in place
     * @param width pixels of a row
     * @param turn hue of a full turn: 180 for {@code COLOR_HSV2BGR}, 255 for {@code COLOR_HSV2BGR_FULL}
     */
    public static void toBgr(byte[] data, int width, int turn) {
        float sixth = 6f / turn;
        int inBlocks = width / BLOCK * BLOCK;
        for (int i = 0, x = 0; i + 2 < data.length; i += 3, x = x + 1 == width ? 0 : x + 1) {
            float half = x < inBlocks ? 0 : 0.5f;
            float hue = (data[i] & 255) * sixth;
            float saturation = (data[i + 1] & 255) * (1 / 255f);
            float value = (data[i + 2] & 255) * (1 / 255f);
            int sector = (int) hue;
            float rest = hue - sector;
            byte high = level(value, half);
            byte low = level(value * (1 - saturation), half);
            byte falling = level(value * (1 - saturation * rest), half);
            byte rising = level(value * (1 - saturation * (1 - rest)), half);
            switch (sector % 6) {
                case 0 -> put(data, i, low, rising, high);
                case 1 -> put(data, i, low, high, falling);
                case 2 -> put(data, i, rising, high, low);
                case 3 -> put(data, i, high, falling, low);
                case 4 -> put(data, i, high, low, rising);
                default -> put(data, i, falling, low, high);
            }
        }
    }

    private static byte level(float part, float half) {
        return (byte) (part * 255f + half);
    }

    private static void put(byte[] data, int i, byte b, byte g, byte r) {
        data[i] = b;
        data[i + 1] = g;
        data[i + 2] = r;
    }
}
