package dev.selfsup.sample;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Marks a sample as inverted. */
public final class SampleInvert implements Transform {
    private final Config config;

    private SampleInvert(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        sample.fields().put("inverted", new Sample.Field(new double[] {config.amount()}, false));
    }

    /**
     * Keys of the sample transform.
     *
     * @param amount how much, 0 to 1
     */
    public record Config(@Default("0.5") double amount) {}

    /** Makes sample transforms. */
    @Component
    @TypeName(kind = "transform", name = "SampleInvert", scope = "sample")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new SampleInvert(config);
        }
    }
}
