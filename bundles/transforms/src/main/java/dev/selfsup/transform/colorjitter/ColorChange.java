package dev.selfsup.transform.colorjitter;

/** Changes of colour, in place, of BGR pixels [pixels, 3]. */
interface ColorChange {
    /** Multiplies all values. */
    void brightness(byte[] bgr, double factor);

    /** Multiplies the distances from the image's mean grey. */
    void contrast(byte[] bgr, double factor);

    /** Multiplies the distances from each pixel's grey. */
    void saturation(byte[] bgr, double factor);

    /** Adds a part of a turn to the hues. */
    void hue(byte[] bgr, double turn);

    /** The hue step of both libraries: 255ths of a turn, cut off, and wrapped like an unsigned byte. */
    static int hueStep(double turn) {
        return (int) (turn * 255) & 255;
    }

    /** Replaces every value. */
    static void replace(byte[] data, byte[] table) {
        for (int i = 0; i < data.length; i++) {
            data[i] = table[data[i] & 255];
        }
    }
}
