package dev.selfsup.dataset;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.collate.defaultcollate.DefaultCollate;
import dev.selfsup.collate.pseudocollate.PseudoCollate;
import dev.selfsup.config.Config;
import dev.selfsup.dataset.customdataset.CustomDataset;
import dev.selfsup.dataset.deepclusterimagenet.DeepClusterImageNet;
import dev.selfsup.dataset.imagelist.ImageList;
import dev.selfsup.dataset.imagenet.ImageNet;
import dev.selfsup.sampler.deepclustersampler.DeepClusterSampler;
import dev.selfsup.sampler.defaultsampler.DefaultSampler;
import dev.selfsup.sampler.infinitesampler.InfiniteSampler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The components of this module as a container would offer them, and a transform that notes its draws. */
public final class DataComponents implements Components {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.of("CustomDataset", new CustomDataset.Factory(),
            "ImageNet", new ImageNet.Factory(), "ImageList", new ImageList.Factory(), "DefaultSampler", new DefaultSampler.Factory(),
            "InfiniteSampler", new InfiniteSampler.Factory(), "default_collate", new DefaultCollate.Factory(),
            "pseudo_collate", new PseudoCollate.Factory(), "Draw", new DrawFactory(), "DeepClusterImageNet", new DeepClusterImageNet.Factory(),
            "DeepClusterSampler", new DeepClusterSampler.Factory());

    @Override
    public List<Installed> all() {
        return FACTORIES.entrySet().stream().map(entry -> new Installed(new Id("any", "test", entry.getKey()), entry.getValue())).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return all().stream().filter(installed -> installed.id().name().equals(type)).findFirst();
    }

    static Dataset.Images open(String yaml, Path folder) {
        return make(Dataset.class, String.format(yaml, folder)).open();
    }

    static <T> T make(Class<T> kind, String yaml) {
        return Config.parse("test.yaml", "part: " + yaml).bind("part", kind, new DataComponents());
    }

    static <T extends Record> T bind(Class<T> type, String yaml) {
        return Config.parse("test.yaml", "part: " + yaml).bind("part", type, new DataComponents());
    }

    /** Adds a draw to the field {@code draws}. */
    public static final class DrawFactory implements ComponentFactory<Transform, DrawFactory.Config> {
        /** Has no keys. */
        public record Config() {}

        @Override
        public Transform create(Config config) {
            return (sample, random) -> {
                double[] before = sample.fields().containsKey("draws") ? sample.fields().get("draws").values() : new double[0];
                double[] draws = Arrays.copyOf(before, before.length + 1);
                draws[before.length] = random.nextDouble();
                sample.fields().put("draws", new Sample.Field(draws, false, draws.length));
            };
        }
    }
}
