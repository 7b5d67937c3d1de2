package dev.selfsup.pixels;

/** OpenCV's conversion of 8-bit pixels between BGR and hue, saturation, value, in place. */
public final class CvHsv {
    private static final int SHIFT = 12;
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
     * Converts [pixels, 3] from HSV to BGR.
     *
     * @param data pixels, changed in place
     * @param turn hue of a full turn: 180 for {@code COLOR_HSV2BGR}, 255 for {@code COLOR_HSV2BGR_FULL}
     */
    public static void toBgr(byte[] data, int turn) {
        float sixth = 6f / turn;
        for (int i = 0; i + 2 < data.length; i += 3) {
            float hue = (data[i] & 255) * sixth;
            float saturation = (data[i + 1] & 255) * (1 / 255f);
            float value = (data[i + 2] & 255) * (1 / 255f);
            int sector = (int) hue;
            float rest = hue - sector;
            float low = value * (1 - saturation);
            float falling = value * (1 - saturation * rest);
            float rising = value * (1 - saturation * (1 - rest));
            switch (sector % 6) {
                case 0 -> put(data, i, low, rising, value);
                case 1 -> put(data, i, low, value, falling);
                case 2 -> put(data, i, rising, value, low);
                case 3 -> put(data, i, value, falling, low);
                case 4 -> put(data, i, value, low, rising);
                default -> put(data, i, falling, low, value);
            }
        }
    }

    private static void put(byte[] data, int i, float b, float g, float r) {
        data[i] = (byte) (b * 255f);
        data[i + 1] = (byte) (g * 255f);
        data[i + 2] = (byte) (r * 255f);
    }
}
