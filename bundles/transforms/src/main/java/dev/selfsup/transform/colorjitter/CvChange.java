package dev.selfsup.transform.colorjitter;

import dev.selfsup.api.data.Image;
import dev.selfsup.pixels.CvColor;

/**
 * Changes of colour with the arithmetic of OpenCV.
 *
 * @param image BGR, changed in place
 */
record CvChange(Image image) implements ColorChange {
    @Override
    public void brightness(double factor) {
        CvColor.brightness(image, factor);
    }

    @Override
    public void contrast(double factor) {
        CvColor.contrast(image, factor);
    }

    @Override
    public void saturation(double factor) {
        CvColor.saturation(image, factor);
    }

    @Override
    public void hue(double turn) {
        CvColor.hue(image, ColorChange.hueStep(turn));
    }

    /** Every change is made at once. */
    @Override
    public void close() {}
}
