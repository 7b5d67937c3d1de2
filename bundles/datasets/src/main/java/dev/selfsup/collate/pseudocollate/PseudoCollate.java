package dev.selfsup.collate.pseudocollate;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.Sample;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Takes the samples as they come, whatever their sizes. */
public final class PseudoCollate implements Collate {
    /** Has no keys. */
    public record Config() {}

    @Override
    public List<Sample> collate(List<Sample> samples) {
        return samples;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "collate", name = "pseudo_collate", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Collate, Config> {
        @Override
        public Collate create(Config config) {
            return new PseudoCollate();
        }
    }
}
