package dev.selfsup.runtime.bench;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The transforms of a config's pipeline, timed one by one; the pipelines of a {@code MultiView} are taken apart and run once a view, as it does. */
final class Stages {
    private static final String PIPELINE = "train_dataloader.dataset.pipeline";

    private final Config config;
    private final Components components;
    private final List<Stage> all = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /** What is done to a sample. */
    private interface Part {
        void apply(Sample sample, RandomGenerator random);
    }

    /** The pipeline of a config. */
    Stages(Config config, Components components) {
        this.config = config;
        this.components = components;
        for (int i = 0; i < length(PIPELINE); i++) {
            String path = PIPELINE + "." + i;
            parts.add(type(path).equals("MultiView") ? views(path) : stage(path, "")::apply);
        }
    }

    private int length(String path) {
        if (config.find(path).orElse(null) instanceof Node.Sequence list) {
            return list.elements().size();
        }
        throw new UsageException(path + " is no list of transforms, so there is nothing to measure");
    }

    private String type(String path) {
        String type = config.find(path + ".type").or(() -> config.find(path)).map(node -> node instanceof Node.Scalar text ? text.text() : "").orElse("");
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private Stage stage(String path, String indent) {
        Stage stage = new Stage(indent + type(path), config.bind(path, Transform.class, components));
        all.add(stage);
        return stage;
    }

    private Part views(String path) {
        List<List<Stage>> views = new ArrayList<>();
        for (int i = 0; i < length(path + ".transforms"); i++) {
            String pipeline = path + ".transforms." + i;
            List<Stage> stages = new ArrayList<>();
            for (int k = 0; k < length(pipeline); k++) {
                stages.add(stage(pipeline + "." + k, "view " + (i + 1) + ": "));
            }
            for (int view = 0; view < number(path, i); view++) {
                views.add(stages);
            }
        }
        return (sample, random) -> {
            List<Image> images = new ArrayList<>();
            for (int view = 0; view < views.size(); view++) {
                Sample copy = view < views.size() - 1 ? sample.copy() : sample.handOver();
                views.get(view).forEach(stage -> stage.apply(copy, random));
                images.add(copy.image());
            }
            sample.setImages(images);
        };
    }

    /** How often a pipeline of a MultiView is run: {@code num_views} is a list or a number. */
    private int number(String path, int pipeline) {
        return config.find(path + ".num_views." + pipeline).or(() -> config.find(path + ".num_views"))
                .map(node -> Integer.parseInt(((Node.Scalar) node).text())).orElseThrow();
    }

    /** Every stage, in order. */
    List<Stage> all() {
        return all;
    }

    /** Runs the pipeline. */
    void apply(Sample sample, RandomGenerator random) {
        parts.forEach(part -> part.apply(sample, random));
    }
}
