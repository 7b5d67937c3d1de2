package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A whole image as a model would see a crop of it: of the size that the training pipeline gives, and with the masks that it makes. The pipeline itself may crop anywhere.
 *
 * @param config with {@code train_dataloader.dataset.pipeline}
 * @param components what types can be named
 */
record WholeImage(Config config, Components components) {
    private static final String PIPELINE = "train_dataloader.dataset.pipeline";

    /**
     * Loads and resizes.
     *
     * @param file the image file
     * @param seed of the pipeline's random choices, masks among them
     * @throws dev.selfsup.api.data.BadImageException if the file cannot be used
     */
    Sample sample(Path file, long seed) {
        List<Transform> pipeline = pipeline();
        Sample trained = new Sample(0, file, OptionalInt.empty());
        SampleRandom random = SampleRandom.of(seed, 0, 0);
        pipeline.forEach(transform -> transform.apply(trained, random));
        List<Image> views = new ArrayList<>();
        for (Image view : trained.images()) {
            Sample whole = new Sample(0, file, OptionalInt.empty());
            pipeline.get(0).apply(whole, random);
            resize(view.width(), view.height()).apply(whole, random);
            views.add(whole.image());
        }
        trained.setImages(views);
        return trained;
    }

    private List<Transform> pipeline() {
        List<Transform> pipeline = new ArrayList<>();
        while (config.find(PIPELINE + "." + pipeline.size()).isPresent()) {
            pipeline.add(config.bind(PIPELINE + "." + pipeline.size(), Transform.class, components));
        }
        if (pipeline.isEmpty()) {
            throw new UsageException(PIPELINE + " is missing: it tells the size of images, and makes masks where the method takes them from there; give the config that the model was"
                    + " trained with");
        }
        return pipeline;
    }

    private Transform resize(int width, int height) {
        return Config.parse("size of the image", "resize: {type: mmcv.Resize, scale: [" + width + ", " + height + "], backend: pillow, interpolation: bicubic}")
                .bind("resize", Transform.class, components);
    }
}
