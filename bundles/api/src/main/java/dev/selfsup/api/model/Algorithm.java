package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GlobalAveragePool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A method of self-supervised learning: the value of {@code model}. Each call builds a graph, once for every set of
 * input shapes; module paths are the reference's state_dict names.
 */
@Kind("algorithm")
@ConsumerType
public interface Algorithm {
    /** What turns images into the model's inputs. */
    DataPreprocessor dataPreprocessor();

    /**
     * The training loss.
     *
     * @param graph the graph, in training mode
     * @param batch the inputs
     * @return the losses
     */
    Losses loss(Graph graph, Batch batch);

    /**
     * The features of the backbone.
     *
     * @param graph the graph, in evaluation mode
     * @param images [N, C, H, W]
     * @return features of the backbone's stages, the last one last
     */
    List<SDVariable> extract(Graph graph, SDVariable images);

    /**
     * The probability of each class, of a model that classifies.
     *
     * @param graph the graph, in evaluation mode
     * @param images [N, C, H, W]
     * @return [N, K] by classifier, whose name is empty where there is one; empty where the model does not classify
     */
    default Map<String, SDVariable> predict(Graph graph, SDVariable images) {
        return Map.of();
    }

    /** What makes probabilities of the labels of a training batch, and mixes its images; empty where labels stay as they are. */
    default Optional<BatchAugments> batchAugments() {
        return dataPreprocessor().batchAugments();
    }

    /** The frozen network whose results the loss reads as fields of its batch; empty where there is none. */
    default Optional<Targets> targets() {
        return Optional.empty();
    }

    /**
     * A frozen network of a method.
     *
     * @param view number of the view that it sees
     * @param network what computes the targets
     */
    record Targets(int view, FrozenNetwork network) {}

    /**
     * What images are compared by while the method trains, as its neck gives it: what is clustered, for instance. By default the last features of the
     * backbone, averaged over the image where they have places.
     *
     * @param graph the graph, in evaluation mode
     * @param images [N, C, H, W]
     * @return [N, ...]
     */
    default SDVariable embed(Graph graph, SDVariable images) {
        List<SDVariable> stages = extract(graph, images);
        SDVariable last = stages.get(stages.size() - 1);
        return graph.shape(last).length == 4 ? graph.apply(new GlobalAveragePool(), last) : last;
    }

    /**
     * What the method predicts of hidden patches; empty where it hides none, or where its parts cannot tell.
     *
     * @param graph the graph, in evaluation mode
     * @param batch the inputs, as {@link #loss} gets them
     */
    default Optional<Reconstruction> reconstruct(Graph graph, Batch batch) {
        return Optional.empty();
    }

    /** What the method remembers of every image, at the place {@code memory_bank}; empty for most methods. */
    default Optional<Memory> memory() {
        return Optional.empty();
    }
}
