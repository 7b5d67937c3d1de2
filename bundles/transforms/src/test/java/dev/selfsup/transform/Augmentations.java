package dev.selfsup.transform;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.config.Config;
import dev.selfsup.transform.autocontrast.AutoContrast;
import dev.selfsup.transform.brightness.Brightness;
import dev.selfsup.transform.colorjitter.ColorJitter;
import dev.selfsup.transform.colortransform.ColorTransform;
import dev.selfsup.transform.contrast.Contrast;
import dev.selfsup.transform.equalize.Equalize;
import dev.selfsup.transform.invert.Invert;
import dev.selfsup.transform.lighting.Lighting;
import dev.selfsup.transform.maerandomresizedcrop.MAERandomResizedCrop;
import dev.selfsup.transform.mmclsrandomcrop.MmclsRandomCrop;
import dev.selfsup.transform.posterize.Posterize;
import dev.selfsup.transform.randaugment.RandAugment;
import dev.selfsup.transform.randaugment.TimmIncreasing;
import dev.selfsup.transform.randomerasing.RandomErasing;
import dev.selfsup.transform.randomresizedcrop.RandomResizedCrop;
import dev.selfsup.transform.rotate.Rotate;
import dev.selfsup.transform.sharpness.Sharpness;
import dev.selfsup.transform.shear.Shear;
import dev.selfsup.transform.solarize.Solarize;
import dev.selfsup.transform.solarizeadd.SolarizeAdd;
import dev.selfsup.transform.translate.Translate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The transforms of mmcls in this module as a container would offer them. */
final class Augmentations implements Components {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.ofEntries(Map.entry("AutoContrast", new AutoContrast.Factory()),
            Map.entry("Brightness", new Brightness.Factory()), Map.entry("ColorTransform", new ColorTransform.Factory()),
            Map.entry("Contrast", new Contrast.Factory()), Map.entry("Equalize", new Equalize.Factory()), Map.entry("Invert", new Invert.Factory()),
            Map.entry("Lighting", new Lighting.Factory()), Map.entry("MAERandomResizedCrop", new MAERandomResizedCrop.Factory()),
            Map.entry("Posterize", new Posterize.Factory()), Map.entry("RandAugment", new RandAugment.Factory()),
            Map.entry("RandomCrop", new MmclsRandomCrop.Factory()), Map.entry("RandomErasing", new RandomErasing.Factory()),
            Map.entry("Rotate", new Rotate.Factory()), Map.entry("Sharpness", new Sharpness.Factory()), Map.entry("Shear", new Shear.Factory()),
            Map.entry("Solarize", new Solarize.Factory()), Map.entry("SolarizeAdd", new SolarizeAdd.Factory()),
            Map.entry("Translate", new Translate.Factory()), Map.entry("timm_increasing", new TimmIncreasing.Factory()),
            Map.entry("RandomResizedCrop", new RandomResizedCrop.ClassificationFactory()), Map.entry("ColorJitter", new ColorJitter.ClassificationFactory()));

    @Override
    public List<Installed> all() {
        return FACTORIES.entrySet().stream().map(entry -> new Installed(new Id("transform", "mmcls", entry.getKey()), entry.getValue())).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return all().stream().filter(installed -> installed.id().name().equals(type.substring(type.indexOf('.') + 1))).findFirst();
    }

    /** A transform from its config in YAML, flow style. */
    static Transform transform(String yaml) {
        return Config.parse("test.yaml", "transform: " + yaml).bind("transform", Transform.class, new Augmentations());
    }

    /** A sample of one image. */
    static Sample sample(Image image) {
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(image);
        return sample;
    }

    /** An image of one value. */
    static Image grey(int width, int height, int value) {
        Image image = Image.create(width, height, 3);
        java.util.Arrays.fill(image.data(), (byte) value);
        return image;
    }
}
