package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.layers.Pooling;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.runtime.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** What commands are told that look at the features of some layers: which layers, and the file that names images and pooling. */
final class LayerOptions {
    private static final String POOLING = "pool_cfg";

    @CommandLine.Option(names = "--layers", split = ",", paramLabel = "LAYER", description = "stages of the backbone by number, as 0,1,2,3,4, or modules by their paths, as"
            + " backbone.layer2; default the last stage")
    private List<String> layers = List.of();

    @CommandLine.Option(names = "--dataset-config", paramLabel = "FILE", description = "YAML file that names images and pool_cfg in place of CONFIG, as"
            + " configs/benchmarks/classification/knn_imagenet.yaml")
    private Path datasets;

    @CommandLine.Option(names = "--data-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of that file")
    private List<String> options = List.of();

    /** The file that names images and pooling, where it is another one than that of the network. */
    Optional<Config> datasets() {
        if (datasets == null && !options.isEmpty()) {
            throw new UsageException("--data-options changes the file of --dataset-config, which is not given; --cfg-options changes CONFIG");
        }
        return Optional.ofNullable(datasets).map(file -> Config.load(file, options));
    }

    /** The file that names images, for messages: the one of its own, or that of the network. */
    Path file(Path config) {
        return datasets == null ? config : datasets;
    }

    /** Pooling as a file configures it; the mean over the image where it does not. */
    Pooling pooling(Config file, Components components) {
        return file.find(POOLING).isPresent() ? file.bind(POOLING, Pooling.class, components) : Pooling.MEAN;
    }

    /** Changes of the config of the network, so that its backbone gives the stages. */
    List<String> changes(Pooling pooling) {
        List<Integer> stages = stages(pooling);
        return stages.isEmpty() ? List.of() : List.of("model.backbone.out_indices=" + stages);
    }

    private List<Integer> stages(Pooling pooling) {
        List<Integer> stages = new ArrayList<>();
        layers.stream().filter(layer -> layer.matches("-?\\d+")).map(LayerOptions::stage).forEach(stages::add);
        if (!stages.isEmpty() && stages.size() < layers.size()) {
            throw new UsageException("--layers takes numbers of stages or paths of modules, not both: " + String.join(",", layers));
        }
        if (!layers.isEmpty() && stages.isEmpty() && !pooling.stages().isEmpty()) {
            throw new UsageException("--layers: MultiPooling is made for stages, not for modules: name numbers, or set pool_cfg.type to AvgPool2d");
        }
        return layers.isEmpty() ? pooling.stages() : stages;
    }

    private static int stage(String number) {
        if (!number.matches("-?\\d{1,9}")) {
            throw new UsageException("--layers: a backbone has no stage " + number + "; name stages by numbers from 0 on, as 0,1,2,3");
        }
        return Integer.parseInt(number);
    }

    /** The features of a network. */
    LayerFeatures features(Model model, Pooling pooling, BadFiles bad) {
        List<Integer> stages = stages(pooling);
        List<String> modules = stages.isEmpty() ? layers : List.of();
        return new LayerFeatures(model, stages, modules, pooling.of(stages), 0, bad);
    }
}
