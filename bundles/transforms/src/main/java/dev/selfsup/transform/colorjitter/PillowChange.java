package dev.selfsup.transform.colorjitter;

/** Changes of colour with the arithmetic of Pillow's {@code ImageEnhance} and its HSV mode. */
final class PillowChange implements ColorChange {
    @Override
    public void brightness(byte[] bgr, double factor) {
        ColorChange.replace(bgr, blendWith(0, (float) factor));
    }

    @Override
    public void contrast(byte[] bgr, double factor) {
        long sum = 0;
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            sum += grey(bgr, i);
        }
        int mean = (int) ((double) sum / (bgr.length / 3) + 0.5);
        ColorChange.replace(bgr, blendWith(mean, (float) factor));
    }

    @Override
    public void saturation(byte[] bgr, double factor) {
        float alpha = (float) factor;
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            int grey = grey(bgr, i);
            bgr[i] = (byte) blend(grey, bgr[i] & 255, alpha);
            bgr[i + 1] = (byte) blend(grey, bgr[i + 1] & 255, alpha);
            bgr[i + 2] = (byte) blend(grey, bgr[i + 2] & 255, alpha);
        }
    }

    @Override
    public void hue(byte[] bgr, double turn) {
        int step = ColorChange.hueStep(turn);
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            turnPixel(bgr, i, step);
        }
    }

    private static byte[] blendWith(int value, float alpha) {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++) {
            table[i] = (byte) blend(value, i, alpha);
        }
        return table;
    }

    private static int blend(int from, int to, float alpha) {
        float mixed = from + alpha * (to - from);
        return mixed <= 0 ? 0 : mixed >= 255 ? 255 : (int) mixed;
    }

    private static int grey(byte[] bgr, int i) {
        return (bgr[i + 2] & 255) * 19595 + (bgr[i + 1] & 255) * 38470 + (bgr[i] & 255) * 7471 + 0x8000 >> 16;
    }

    /** Through HSV of 8 bits each, as Pillow rounds it. */
    private static void turnPixel(byte[] bgr, int i, int step) {
        int b = bgr[i] & 255;
        int g = bgr[i + 1] & 255;
        int r = bgr[i + 2] & 255;
        int value = Math.max(b, Math.max(g, r));
        float range = value - Math.min(b, Math.min(g, r));
        int saturation = value == 0 ? 0 : Math.min(255, (int) (range / value * 255.0));
        if (range == 0 || saturation == 0) {
            fill(bgr, i, value, value, value);
            return;
        }
        float hue;
        if (r == value) {
            hue = (value - b) / range - (value - g) / range;
        } else if (g == value) {
            hue = (float) (2.0 + (value - r) / range - (value - b) / range);
        } else {
            hue = (float) (4.0 + (value - g) / range - (value - r) / range);
        }
        hue = (float) ((hue / 6.0 + 1.0) % 1.0);
        fromHsv(bgr, i, Math.min(255, (int) (hue * 255.0)) + step & 255, saturation, value);
    }

    private static void fromHsv(byte[] bgr, int i, int hue, int saturation, int value) {
        float sixths = (float) (hue * 6.0 / 255.0);
        float s = (float) (saturation / 255.0);
        int sector = (int) sixths;
        float rest = sixths - sector;
        int low = round(value * (1.0 - s));
        int falling = round(value * (1.0 - s * rest));
        int rising = round(value * (1.0 - s * (1.0 - rest)));
        switch (sector % 6) {
            case 0 -> fill(bgr, i, low, rising, value);
            case 1 -> fill(bgr, i, low, value, falling);
            case 2 -> fill(bgr, i, rising, value, low);
            case 3 -> fill(bgr, i, value, falling, low);
            case 4 -> fill(bgr, i, value, low, rising);
            default -> fill(bgr, i, falling, low, value);
        }
    }

    private static int round(double value) {
        return (int) Math.floor(value + 0.5);
    }

    private static void fill(byte[] bgr, int i, int b, int g, int r) {
        bgr[i] = (byte) b;
        bgr[i + 1] = (byte) g;
        bgr[i + 2] = (byte) r;
    }
}
