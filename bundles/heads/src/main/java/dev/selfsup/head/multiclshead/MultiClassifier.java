package dev.selfsup.head.multiclshead;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.TopAccuracy;
import dev.selfsup.layers.MultiPooling;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** The head with its weights: a classifier for each stage and, behind them, that of the last stage's unpooled features. */
record MultiClassifier(Graph graph, MultiClsHead.Config config, List<Layer> layers, Loss.Function loss) implements Head.Classifier {
    @Override
    public List<SDVariable> apply(List<SDVariable> inputs) {
        SDVariable labels = inputs.get(inputs.size() - 1);
        return scores(inputs.subList(0, inputs.size() - 1)).stream().map(score -> loss.of(score, labels)).toList();
    }

    /** Losses {@code loss.1}, ... by stage, the stem being 1, and where they are wanted accuracies {@code accuracy.1.top-1}, ...; {@code loss.unpool} comes last. */
    @Override
    public Losses losses(SDVariable... in) {
        SDVariable labels = in[in.length - 1];
        List<SDVariable> scores = scores(List.of(in).subList(0, in.length - 1));
        Losses losses = Losses.none();
        for (int i = 0; i < scores.size(); i++) {
            String stage = i < config.inIndices().size() ? Integer.toString(config.inIndices().get(i) + 1) : "unpool";
            losses.and("loss." + stage, loss.of(scores.get(i), labels));
            for (int k : config.calAcc() ? config.topk() : List.<Integer>of()) {
                losses.and("accuracy." + stage + ".top-" + k, graph.apply(new TopAccuracy(k), scores.get(i), labels));
            }
        }
        return losses;
    }

    /** {@code head0} for the stem, {@code head1}, ... for the stages, {@code unpool}. */
    @Override
    public List<String> classifiers() {
        List<String> names = new ArrayList<>(config.inIndices().stream().map(stage -> "head" + stage).toList());
        if (config.withLastLayerUnpool()) {
            names.add("unpool");
        }
        return names;
    }

    @Override
    public List<SDVariable> scores(List<SDVariable> features) {
        return graph.call(features, stages -> {
            List<SDVariable> pooled = new ArrayList<>(new MultiPooling(config.poolType(), config.inIndices()).apply(graph, stages));
            if (config.withLastLayerUnpool()) {
                pooled.add(stages.get(stages.size() - 1));
            }
            List<SDVariable> scores = new ArrayList<>();
            for (int i = 0; i < pooled.size(); i++) {
                scores.add(layers.get(i).apply(pooled.get(i)));                  // [N, K]
            }
            return scores;
        });
    }
}
