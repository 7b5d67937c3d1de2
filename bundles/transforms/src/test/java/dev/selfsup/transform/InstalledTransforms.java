package dev.selfsup.transform;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Transform;
import dev.selfsup.config.Config;
import dev.selfsup.transform.beitmaskgenerator.BEiTMaskGenerator;
import dev.selfsup.transform.centercrop.CenterCrop;
import dev.selfsup.transform.colorjitter.ColorJitter;
import dev.selfsup.transform.loadimagefromfile.LoadImageFromFile;
import dev.selfsup.transform.multiview.MultiView;
import dev.selfsup.transform.packselfsupinputs.PackSelfSupInputs;
import dev.selfsup.transform.randomapply.RandomApply;
import dev.selfsup.transform.randomcrop.RandomCrop;
import dev.selfsup.transform.randomflip.RandomFlip;
import dev.selfsup.transform.randomgaussianblur.RandomGaussianBlur;
import dev.selfsup.transform.randomgrayscale.RandomGrayscale;
import dev.selfsup.transform.randompatchwithlabels.RandomPatchWithLabels;
import dev.selfsup.transform.randomresizedcrop.RandomResizedCrop;
import dev.selfsup.transform.randomresizedcropandinterpolationwithtwopic.RandomResizedCropAndInterpolationWithTwoPic;
import dev.selfsup.transform.randomrotation.RandomRotation;
import dev.selfsup.transform.randomsolarize.RandomSolarize;
import dev.selfsup.transform.resize.Resize;
import dev.selfsup.transform.resizeedge.ResizeEdge;
import dev.selfsup.transform.rotationwithlabels.RotationWithLabels;
import dev.selfsup.transform.simmimmaskgenerator.SimMIMMaskGenerator;
import dev.selfsup.transform.tonumpy.ToNumpy;
import dev.selfsup.transform.topil.ToPIL;
import dev.selfsup.transform.torchvisionrandomcrop.TorchvisionRandomCrop;
import dev.selfsup.transform.torchvisionrandomhorizontalflip.TorchvisionRandomHorizontalFlip;
import dev.selfsup.transform.torchvisionresize.TorchvisionResize;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The transforms of this module as a container would offer them. */
final class InstalledTransforms implements Components {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Stream.of(new CenterCrop.Factory(), new ColorJitter.Factory(),
            new LoadImageFromFile.Factory(), new MultiView.Factory(), new PackSelfSupInputs.Factory(), new RandomApply.Factory(),
            new RandomFlip.Factory(), new RandomGaussianBlur.Factory(), new RandomGrayscale.Factory(), new RandomResizedCrop.Factory(),
            new RandomSolarize.Factory(), new Resize.Factory(), new ResizeEdge.Factory(), new TorchvisionResize.Factory(),
            new RandomCrop.Factory(), new RandomRotation.Factory(), new RandomPatchWithLabels.Factory(), new RotationWithLabels.Factory(),
            new SimMIMMaskGenerator.Factory(), new BEiTMaskGenerator.Factory(), new RandomResizedCropAndInterpolationWithTwoPic.Factory(),
            new ToPIL.Factory(), new ToNumpy.Factory(), new TorchvisionRandomCrop.Factory(), new TorchvisionRandomHorizontalFlip.Factory())
            .collect(Collectors.toMap(factory -> factory.getClass().getEnclosingClass().getSimpleName(), factory -> factory));

    @Override
    public List<Installed> all() {
        return FACTORIES.entrySet().stream().map(entry -> new Installed(new Id("transform", "test", entry.getKey()),
                entry.getValue())).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return all().stream().filter(installed -> kind.equals("transform") && installed.id().name().equals(type)).findFirst();
    }

    static ComponentFactory<?, ?> factory(String type) {
        return FACTORIES.get(type);
    }

    /** A transform from its config in YAML, flow style. */
    static Transform transform(String yaml) {
        return Config.parse("test.yaml", "transform: " + yaml).bind("transform", Transform.class, new InstalledTransforms());
    }

    /** A config record from YAML, flow style. */
    static <T extends Record> T config(Class<T> type, String yaml) {
        return Config.parse("test.yaml", "config: " + yaml).bind("config", type, new InstalledTransforms());
    }
}
