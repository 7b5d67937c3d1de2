package dev.selfsup.collate.defaultcollate;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;

/** Takes the samples as they come; all must have the same images by number and size, and the same fields. */
public final class DefaultCollate implements Collate {
    /** Has no keys. */
    public record Config() {}

    @Override
    public List<Sample> collate(List<Sample> samples) {
        for (Sample sample : samples) {
            Sample first = samples.get(0);
            if (!alike(sample, first)) {
                throw new UsageException("default_collate: the samples of a batch must be alike, but " + first.path() + " gives "
                        + describe(first) + " and " + sample.path() + " gives " + describe(sample)
                        + "; end the pipeline with transforms of a fixed size, as RandomResizedCrop or Resize and CenterCrop");
            }
        }
        return samples;
    }

    private static boolean alike(Sample one, Sample other) {
        List<Image> images = one.images();
        List<Image> others = other.images();
        if (images.size() != others.size() || !one.fields().keySet().equals(other.fields().keySet())) {
            return false;
        }
        for (int i = 0; i < images.size(); i++) {
            Image a = images.get(i);
            Image b = others.get(i);
            if (a.width() != b.width() || a.height() != b.height() || a.channels() != b.channels()) {
                return false;
            }
        }
        return one.fields().entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue().shape(), other.fields().get(entry.getKey()).shape()));
    }

    private static String describe(Sample sample) {
        String images = sample.images().stream().map(DefaultCollate::size).collect(Collectors.joining(", "));
        String fields = sample.fields().entrySet().stream()
                .map(entry -> ", " + entry.getKey() + " " + Arrays.toString(entry.getValue().shape())).collect(Collectors.joining());
        return images + fields;
    }

    private static String size(Image image) {
        return image.width() + "x" + image.height() + "x" + image.channels();
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "collate", name = "default_collate", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Collate, Config> {
        @Override
        public Collate create(Config config) {
            return new DefaultCollate();
        }
    }
}
