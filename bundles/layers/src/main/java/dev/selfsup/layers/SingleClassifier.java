package dev.selfsup.layers;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.TopAccuracy;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A head that classifies the last of the features that it gets, with its weights. The loss of labels, or of probabilities of all classes, is a mean over images.
 *
 * @param graph the head's place
 * @param classifier features to scores [N, K]
 * @param loss compares scores with labels
 * @param top how many of the highest scores count as right for each accuracy of a training batch; empty for no accuracy
 */
public record SingleClassifier(Graph graph, Layer classifier, Loss.Function loss, List<Integer> top) implements Head.Classifier {
    @Override
    public List<SDVariable> apply(List<SDVariable> in) {
        return List.of(loss.meanOverImages(scores(in.subList(0, in.size() - 1)).get(0), in.get(in.size() - 1)));
    }

    /** The loss and, where they are wanted, {@code accuracy_top-1}, ... in percent. */
    @Override
    public Losses losses(SDVariable... in) {
        SDVariable labels = in[in.length - 1];
        SDVariable scores = scores(List.of(in).subList(0, in.length - 1)).get(0);
        Losses losses = Losses.of("loss", loss.meanOverImages(scores, labels));
        top.forEach(k -> losses.and("accuracy_top-" + k, graph.apply(new TopAccuracy(k), scores, labels)));
        return losses;
    }

    @Override
    public List<SDVariable> scores(List<SDVariable> features) {
        return graph.call(features, in -> List.of(classifier.apply(in.get(in.size() - 1))));        // [N, K]
    }
}
