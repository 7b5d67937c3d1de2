package dev.selfsup.runtime.command;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.Restored;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.visualization.PictureRow;
import java.util.List;

/**
 * The pictures of a reconstruction. What is hidden has the mean colour of the model's normalisation.
 *
 * @param preprocessor what made inputs of images
 * @param images the images of the sample
 * @param restored what was made of it
 */
record RestoredPicture(DataPreprocessor preprocessor, List<Image> images, Restored restored) {
    /** Original, masked input, reconstruction, reconstruction between the visible patches. */
    PictureRow row() {
        int[] shape = preprocessor.shapes(images).get(0);
        float[] input = new float[DataPreprocessor.length(shape)];
        preprocessor.write(images, 0, input, 0);
        Restored.Plane original = new Restored.Plane(input, shape[0], shape[1], shape[2]);
        Restored.Plane nothing = new Restored.Plane(new float[input.length], shape[0], shape[1], shape[2]);
        return new PictureRow().add("original", image(original, false)).add("masked", image(mixed(original, nothing), false))
                .add("reconstruction", image(restored.predicted(), restored.levels()))
                .add("reconstruction + visible", image(mixed(restored.visible(), restored.predicted()), restored.levels()));
    }

    /** What is visible of one, and what is hidden of another. */
    private Restored.Plane mixed(Restored.Plane visible, Restored.Plane hidden) {
        Restored.Plane mask = restored.mask();
        float[] mixed = visible.values().clone();
        for (int i = 0; i < mixed.length; i++) {
            int y = i / visible.width() % visible.height() * mask.height() / visible.height();
            int x = i % visible.width() * mask.width() / visible.width();
            mixed[i] = mask.values()[y * mask.width() + x] > 0 ? hidden.values()[i] : mixed[i];
        }
        return new Restored.Plane(mixed, visible.channels(), visible.height(), visible.width());
    }

    private Image image(Restored.Plane plane, boolean levels) {
        if (levels) {
            return grey(plane);
        }
        return preprocessor.image(0, plane.values(), plane.channels(), plane.height(), plane.width())
                .orElseThrow(() -> new UsageException("model.data_preprocessor: " + preprocessor.getClass().getSimpleName() + " cannot show its inputs as images; use"
                        + " SelfSupDataPreprocessor"));
    }

    /** A picture in levels, whose channels are all the same. */
    private static Image grey(Restored.Plane plane) {
        Image image = Image.create(plane.width(), plane.height(), 1);
        for (int i = 0; i < image.data().length; i++) {
            image.data()[i] = (byte) Math.min(255, Math.max(0, Math.round(plane.values()[i])));
        }
        return image;
    }
}
