package dev.selfsup.transform.colorjitter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The loops over planes against Pillow's arithmetic written pixel by pixel. */
class PillowChangeTest {
    private static final double[] FACTORS = {0, 0.3, 0.6, 0.8, 1, 1.2, 1.4, 1.5, 1.937, 3};

    @Test
    void everyBlueTurnsItsHueAsPillowDoes() {
        for (int blue = 0; blue < 256; blue += 3) {
            byte[] pixels = new byte[256 * 256 * 3];
            for (int i = 0; i < 256 * 256; i++) {
                pixels[i * 3] = (byte) blue;
                pixels[i * 3 + 1] = (byte) (i >> 8);
                pixels[i * 3 + 2] = (byte) i;
            }
            double turn = (blue - 128) / 256.0;
            byte[] expected = pixels.clone();
            for (int i = 0; i < expected.length; i += 3) {
                turnPixel(expected, i, ColorChange.hueStep(turn));
            }
            try (PillowChange change = PillowChange.of(pixels)) {
                change.hue(turn);
            }
            int different = 0;
            for (int i = 0; i < pixels.length; i++) {
                different += pixels[i] == expected[i] ? 0 : 1;
            }
            int found = different;
            assertTrue(different <= pixels.length / 10_000, () -> found + " of " + pixels.length + " values differ");
        }
    }

    @Test
    void brightnessContrastAndSaturationAreExactInEveryOrder() {
        Random random = new Random(7);
        for (int trial = 0; trial < 300; trial++) {
            byte[] pixels = new byte[(1 + random.nextInt(40)) * 3];
            random.nextBytes(pixels);
            byte[] expected = pixels.clone();
            try (PillowChange change = PillowChange.of(pixels)) {
                for (int step = 0; step < 5; step++) {
                    double factor = FACTORS[random.nextInt(FACTORS.length)];
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            change.brightness(factor);
                            blendAll(expected, 0, (float) factor);
                        }
                        case 1 -> {
                            change.contrast(factor);
                            blendAll(expected, mean(expected), (float) factor);
                        }
                        default -> {
                            change.saturation(factor);
                            saturate(expected, (float) factor);
                        }
                    }
                }
            }
            assertArrayEquals(expected, pixels);
        }
    }

    private static void blendAll(byte[] bgr, int from, float alpha) {
        for (int i = 0; i < bgr.length; i++) {
            bgr[i] = (byte) blend(from, bgr[i] & 255, alpha);
        }
    }

    private static void saturate(byte[] bgr, float alpha) {
        for (int i = 0; i < bgr.length; i++) {
            int pixel = i / 3 * 3;
            if (i == pixel) {
                int grey = grey(bgr, pixel);
                for (int c = pixel; c < pixel + 3; c++) {
                    bgr[c] = (byte) blend(grey, bgr[c] & 255, alpha);
                }
            }
        }
    }

    private static int mean(byte[] bgr) {
        long sum = 0;
        for (int i = 0; i < bgr.length; i += 3) {
            sum += grey(bgr, i);
        }
        return (int) ((double) sum / (bgr.length / 3) + 0.5);
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
