package dev.selfsup.api.model;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What a method predicts of images some of whose patches are hidden, in a graph. Maps lie over the image: what stands at some part of them belongs to that part of the image.
 *
 * @param mask 1 where a patch is hidden, else 0, as real numbers [N, R, S]; R and S divide the sides of the maps
 * @param target a map of what is to be predicted, as the loss compares it, [N, C, H, W]
 * @param prediction a map of what is predicted, of the same shape
 * @param picture what of that one can look at
 */
public record Reconstruction(SDVariable mask, SDVariable target, SDVariable prediction, Picture picture) {
    /**
     * Pictures of the size of the image or another one.
     *
     * @param visible what is shown in the places of patches that are not hidden, [N, 3, H, W]
     * @param predicted what is predicted for all patches, [N, 3, H, W]
     * @param levels whether values are levels of 0 to 255; else they are normalised as the images are
     */
    public record Picture(SDVariable visible, SDVariable predicted, boolean levels) {}

    /**
     * Of a method that predicts the numbers of the image itself.
     *
     * @param mask as real numbers [N, R, S]
     * @param images [N, 3, H, W]
     * @param prediction [N, 3, H, W]
     */
    public static Reconstruction of(SDVariable mask, SDVariable images, SDVariable prediction) {
        return new Reconstruction(mask, images, prediction, new Picture(images, prediction, false));
    }

    /** The same, shown between the patches of these images, [N, 3, H, W], where those that were compared with are others. */
    public Reconstruction among(SDVariable images) {
        return new Reconstruction(mask, target, prediction, new Picture(images, picture.predicted, picture.levels));
    }
}
