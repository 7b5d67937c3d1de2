package dev.selfsup.transform.rotationwithlabels;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Rotation;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Four images of one, turned clockwise by 0, 90, 180 and 270 degrees (Gidaris et al. 2018), and the field {@code rot_label}, [4], that says so: 0, 1, 2, 3. All have the
 * image's size; what a turned one that is not square lacks is black.
 *
 * <p>Replays nothing: there is no choice.
 */
public final class RotationWithLabels implements Transform, Replayable {
    private static final Rotation ROTATION = Rotation.of("bilinear", new Rotation.Shape(List.of(), false, 0));

    /** No options. */
    public record Config() {}

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        turn(sample);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        turn(sample);
    }

    private static void turn(Sample sample) {
        Image image = sample.image();
        sample.setImages(image, ROTATION.turn(image, 90), ROTATION.turn(image, 180), ROTATION.turn(image, 270));
        sample.fields().put("rot_label", new Sample.Field(new double[] {0, 1, 2, 3}, true, 4));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RotationWithLabels")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RotationWithLabels();
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of();
        }
    }
}
