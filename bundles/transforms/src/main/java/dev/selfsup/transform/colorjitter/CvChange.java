package dev.selfsup.transform.colorjitter;

import dev.selfsup.pixels.CvHsv;

/** Changes of colour with the arithmetic of OpenCV's {@code addWeighted} and {@code cvtColor}. */
final class CvChange implements ColorChange {
    private final byte[] bgr;
    private final int width;

    /** Changes pixels in place, in rows of a width. */
    CvChange(byte[] bgr, int width) {
        this.bgr = bgr;
        this.width = width;
    }

    @Override
    public void brightness(double factor) {
        replace(mixWith(0, factor));
    }

    @Override
    public void contrast(double factor) {
        long sum = 0;
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            sum += grey(bgr, i);
        }
        int mean = (int) Math.rint((double) sum / (bgr.length / 3));
        replace(mixWith(mean, factor));
    }

    @Override
    public void saturation(double factor) {
        float alpha = (float) factor;
        float beta = (float) (1 - factor);
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            float grey = grey(bgr, i) * beta;
            for (int c = i; c < i + 3; c++) {
                float mixed = (float) ((double) (bgr[c] & 255) * alpha + grey);      // multiplied and added with one rounding
                bgr[c] = (byte) Math.min(255, Math.max(0, (int) Math.rint(mixed)));
            }
        }
    }

    @Override
    public void hue(double turn) {
        int step = ColorChange.hueStep(turn);
        CvHsv.fromBgr(bgr);
        for (int i = 0; i + 2 < bgr.length; i += 3) {
            bgr[i] += (byte) step;
        }
        CvHsv.toBgr(bgr, width, 255);
    }

    /** Every change is made at once. */
    @Override
    public void close() {}

    private void replace(byte[] table) {
        for (int i = 0; i < bgr.length; i++) {
            bgr[i] = table[bgr[i] & 255];
        }
    }

    /** In floating point, cut off. */
    private static byte[] mixWith(int value, double factor) {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++) {
            float mixed = (float) (i * factor + value * (1 - factor));
            table[i] = (byte) Math.min(255, Math.max(0, mixed));
        }
        return table;
    }

    private static int grey(byte[] bgr, int i) {
        return (bgr[i] & 255) * 3735 + (bgr[i + 1] & 255) * 19235 + (bgr[i + 2] & 255) * 9798 + (1 << 14) >> 15;
    }
}
