package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.config.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class StandInTest {
    /** Needs an image, as transforms of a dataset do whose images lie in memory. */
    static final class Mark implements Transform {
        @Override
        public void apply(Sample sample, RandomGenerator random) {
            sample.fields().put("width", new Sample.Field(new double[] {sample.image().width()}, true));
        }

        record Options() {}

        static final class Factory implements ComponentFactory<Transform, Options> {
            @Override
            public Transform create(Options options) {
                return new Mark();
            }
        }
    }

    private static final class Installed implements Components {
        private final Components.Installed mark = new Components.Installed(new Id("transform", "test", "Mark"), new Mark.Factory());

        @Override
        public List<Components.Installed> all() {
            return List.of(mark);
        }

        @Override
        public Optional<Components.Installed> find(String kind, String type, List<String> scopes) {
            return Optional.of(mark);
        }
    }

    @Test
    void aPipelineMayLoadNothing() throws IOException {
        Config config = Config.parse("test.yaml", "train_dataloader: {dataset: {pipeline: [{type: Mark}]}}");
        Sample sample = new StandIn(config, new Installed()).sample();
        assertEquals(500, sample.fields().get("width").values()[0]);
        Image image = sample.image();
        int rgb = ImageIO.read(new ByteArrayInputStream(sample.encoded())).getRGB(7, 3);
        int at = 3 * (3 * 500 + 7);
        assertEquals(rgb & 255, image.data()[at] & 255, "blue first");
        assertEquals(rgb >> 16 & 255, image.data()[at + 2] & 255);
        assertEquals(375, image.height());
    }
}
