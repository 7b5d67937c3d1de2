package dev.selfsup.transform.multiview;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Component;

/**
 * Several views of one image: every pipeline is run as often as its number of views says, each time on the image as
 * it was. The views replace the image, in the order of the pipelines; what else a pipeline adds to the sample is
 * dropped, as in the reference.
 *
 * <p>Replays {@code boxes}: for each view [ymin, xmin, ymax, xmax], both corners inside, which the first transform of
 * its pipeline takes as {@code box_ymin_xmin_ymax_xmax_inclusive}; the pipelines of such a case have one transform.
 */
public final class MultiView implements Transform, Replayable {
    private final List<List<Transform>> views = new ArrayList<>();

    /**
     * Pipelines and how often to run them.
     *
     * @param transforms the pipelines
     * @param numViews number of views of each pipeline
     */
    public record Config(@Shorthand List<List<Transform>> transforms, @Shorthand List<Integer> numViews) {
        public Config {
            transforms = transforms.stream().map(List::copyOf).toList();
            numViews = List.copyOf(numViews);
            check(numViews.size() == transforms.size(), "num_views must have one number for each of the %d pipelines in transforms, not %s",
                    transforms.size(), numViews);
            check(!numViews.isEmpty() && numViews.stream().allMatch(n -> n > 0), "num_views must be positive, not %s", numViews);
        }
    }

    /** From a config. */
    public MultiView(Config config) {
        for (int i = 0; i < config.numViews.size(); i++) {
            for (int view = 0; view < config.numViews.get(i); view++) {
                views.add(config.transforms.get(i));
            }
        }
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        run(sample, (view, copy) -> views.get(view).forEach(transform -> transform.apply(copy, random)));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        List<?> boxes = (List<?>) choices.value("boxes");
        run(sample, (view, copy) -> {
            Choices box = Choices.of(Map.of("box_ymin_xmin_ymax_xmax_inclusive", boxes.get(view)));
            views.get(view).forEach(transform -> ((Replayable) transform).replay(copy, box));
        });
    }

    private interface View {
        void run(int number, Sample copy);
    }

    private void run(Sample sample, View view) {
        List<Image> images = new ArrayList<>(views.size());
        for (int i = 0; i < views.size(); i++) {
            Sample copy = i < views.size() - 1 ? sample.copy() : sample.handOver();
            view.run(i, copy);
            images.add(copy.image());
        }
        sample.setImages(images);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "MultiView")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new MultiView(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            int[] sizes = spec.integers("sizes");
            List<?> pipelines = IntStream.of(sizes).mapToObj(size -> List.of(Map.of("type", "RandomResizedCrop", "size", size))).toList();
            return Map.of("num_views", spec.value("num_views"), "transforms", pipelines);
        }
    }
}
