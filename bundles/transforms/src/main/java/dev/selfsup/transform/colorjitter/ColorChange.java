package dev.selfsup.transform.colorjitter;

/** Changes of colour of BGR pixels [pixels, 3]; they are in the pixels when this is closed. */
interface ColorChange extends AutoCloseable {
    /** Multiplies all values. */
    void brightness(double factor);

    /** Multiplies the distances from the image's mean grey. */
    void contrast(double factor);

    /** Multiplies the distances from each pixel's grey. */
    void saturation(double factor);

    /** Adds a part of a turn to the hues. */
    void hue(double turn);

    /** Brings the changes into the pixels. */
    @Override
    void close();

    /** The hue step of both libraries: 255ths of a turn, cut off, and wrapped like an unsigned byte. */
    static int hueStep(double turn) {
        return (int) (turn * 255) & 255;
    }
}
