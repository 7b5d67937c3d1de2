package dev.selfsup.runtime.parity;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.runtime.model.ModelState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Replays a target generator that is part of the graph: the targets of {@code x}, its buffers, and a picture of the first image's targets where it draws them. */
record TargetReplay(InstalledTypes types, Kernels kernels) implements Replay {
    private static final String IMAGES = "x";
    private static final String PICTURE = "hog_image";
    private static final String FILTER = "low_pass_filter";

    @Override
    public Optional<String> obstacle(Recording recording) {
        return types.obstacle(recording.part("config"));
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        Weights weights = new Weights(0);
        Graph graph = new Graph(weights, false, Collectives.SINGLE);
        SDVariable images = graph.input(IMAGES, DataType.FLOAT, Recording.shape(IMAGES, recording.input(IMAGES)));
        TargetGenerator.Network generator = types.bind(recording.part("config"), TargetGenerator.class).build(graph);
        List<SDVariable> targets = generator.apply(images, new Batch(List.of(images), Map.of()));
        List<String> names = targets.size() == 1 ? List.of("out") : List.of("hog", "cells");
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        for (int i = 0; i < targets.size(); i++) {
            outputs.put(names.get(i), targets.get(i));
        }
        generator.picture(targets.get(0), images).ifPresent(picture -> outputs.put(PICTURE, picture));
        Plan plan = Plan.of(graph, Plan.Wanted.values(outputs), kernels);
        ModelState.read(recording.input(IMAGES), plan.input(IMAGES));
        plan.run();
        Values values = new Values();
        plan.outputs().forEach((name, value) -> values.put(name, name.equals(PICTURE) ? first(value) : value));
        weights.stateDict().forEach((name, value) -> buffer(values, name, value));
        return values.tensors();
    }

    private static void buffer(Values values, String name, INDArray value) {
        if (name.equals(FILTER)) {
            values.put("filter", value.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.all()).dup('c'));
            values.put("filter_sum", value.sumNumber().doubleValue());
        } else {
            values.put("buf/" + name, value);
        }
    }

    /** The first channel of the first image. */
    private static INDArray first(INDArray pictures) {
        return pictures.get(NDArrayIndex.point(0), NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.all()).dup('c');
    }
}
