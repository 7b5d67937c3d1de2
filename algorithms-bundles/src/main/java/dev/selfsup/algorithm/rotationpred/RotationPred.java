package dev.selfsup.algorithm.rotationpred;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Rotation prediction (Gidaris et al. 2018, <a href="https://arxiv.org/abs/1803.07728">arXiv:1803.07728</a>): an image is shown in all four
 * quarter turns, and the network says of each by how much it was turned. Whoever can tell knows what stands upright in the world. Every image of a batch becomes four rows.
 */
public final class RotationPred implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param head classifies the turn
     * @param dataPreprocessor makes rows of the turned images, as RotationPredDataPreprocessor
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Head head, @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private RotationPred(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Head.Network head = config.head().build(graph.in("head"));

        check(batch.views().size() == 1, "RotationPred needs the turned images as rows of one input, but a sample gives %d inputs:"
                + " set data_preprocessor.type: RotationPredDataPreprocessor", batch.views().size());
        List<SDVariable> features = backbone.apply(batch.view(0));                    // [4N, C, h, w], or tokens [4N, C] last
        return Losses.of("loss", head.loss(features.get(features.size() - 1), labels(graph, batch)));
    }

    /** The turn of every row, [4N]. */
    private static SDVariable labels(Graph graph, Batch batch) {
        SDVariable labels = batch.field("rot_label");                                 // [N, 4]
        long rows = graph.shape(batch.view(0))[0];
        long given = Arrays.stream(graph.shape(labels)).reduce(1, (a, b) -> a * b);
        check(given == rows, "RotationPred needs a label for each of %d turned images, not %d: use RotationPredDataPreprocessor and RotationWithLabels", rows, given);
        return labels.reshape(rows);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code RotationPred}. */
    @Component
    @TypeName(kind = "algorithm", name = "RotationPred")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new RotationPred(config);
        }
    }
}
