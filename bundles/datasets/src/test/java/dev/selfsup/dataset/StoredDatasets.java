package dev.selfsup.dataset;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.config.Config;
import dev.selfsup.dataset.ade20kdataset.ADE20KDataset;
import dev.selfsup.dataset.cifar10.CIFAR10;
import dev.selfsup.dataset.cifar100.CIFAR100;
import dev.selfsup.dataset.cocodataset.CocoDataset;
import dev.selfsup.dataset.imagenet21k.ImageNet21k;
import dev.selfsup.dataset.places205.Places205;
import dev.selfsup.dataset.voc.VOC;
import dev.selfsup.dataset.webdataset.WebDataset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Datasets with a layout of their own as a container would offer them. */
final class StoredDatasets implements Components {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.of("ADE20KDataset", new ADE20KDataset.Factory(), "CIFAR10", new CIFAR10.Factory(),
            "CIFAR100", new CIFAR100.Factory(), "CocoDataset", new CocoDataset.Factory(), "ImageNet21k", new ImageNet21k.Factory(), "Places205",
            new Places205.Factory(), "VOC", new VOC.Factory(), "WebDataset", new WebDataset.Factory());

    @Override
    public List<Installed> all() {
        return FACTORIES.entrySet().stream().map(entry -> new Installed(new Id("dataset", "test", entry.getKey()), entry.getValue())).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return all().stream().filter(installed -> installed.id().name().equals(type)).findFirst();
    }

    static Dataset.Images open(String yaml, Path folder) {
        return Config.parse("test.yaml", "part: " + String.format(yaml, folder)).bind("part", Dataset.class, new StoredDatasets()).open();
    }

    static List<Sample> samples(Dataset.Images images) {
        return IntStream.range(0, images.size()).mapToObj(i -> images.load(i, SampleRandom.of(i))).toList();
    }

    static List<String> names(Dataset.Images images, Path folder) {
        return samples(images).stream().map(sample -> folder.relativize(sample.path()).toString()).toList();
    }

    /** Labels that are told without loading an image. */
    static List<Integer> knownLabels(Dataset.Images images) {
        return IntStream.range(0, images.size()).mapToObj(i -> images.label(i).orElseThrow()).toList();
    }

    static List<Integer> labels(Dataset.Images images) {
        return samples(images).stream().map(sample -> sample.label().orElseThrow()).toList();
    }
}
