package dev.selfsup.api.run;

import dev.selfsup.api.model.Reconstruction;

/**
 * What a method has made of one image, some of whose patches were hidden from it: a {@link Reconstruction} in numbers.
 *
 * @param mask 1 where a patch is hidden, else 0, in one channel
 * @param target what was to be predicted, as the loss compares it
 * @param prediction what is predicted, of the same shape
 * @param visible picture of what was not hidden
 * @param predicted picture of what is predicted
 * @param levels whether the pictures are levels of 0 to 255; else they are normalised as inputs of the model
 */
public record Restored(Plane mask, Plane target, Plane prediction, Plane visible, Plane predicted, boolean levels) {
    /**
     * Numbers over an image.
     *
     * @param values [C, H, W] in C order
     * @param channels C
     * @param height H
     * @param width W
     */
    public record Plane(float[] values, int channels, int height, int width) {}
}
