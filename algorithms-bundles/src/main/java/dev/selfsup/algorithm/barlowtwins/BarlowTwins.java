package dev.selfsup.algorithm.barlowtwins;

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
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Barlow Twins (Zbontar et al. 2021, <a href="https://arxiv.org/abs/2103.03230">arXiv:2103.03230</a>): each feature of one view of an image correlates
 * with the same feature of another view, and with no other feature. Both views go through one backbone and a wide projector; every feature is brought
 * to mean 0 and variance 1 over the batch, and the loss draws the matrix of correlations between the features of the two views to the identity. Its diagonal
 * makes features indifferent to how the image was distorted; the rest, which counts less, keeps them from telling the same thing twice, and so from collapse.
 * There are no negatives, no momentum encoder and no stop of gradients, and moderate batches suffice. After pretraining the projector is thrown away.
 */
public final class BarlowTwins implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head compares the features of both views, as LatentCrossCorrelationHead
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private BarlowTwins(Config config) {
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
        Neck.Network projector = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        SDVariable z1 = projector.apply(backbone.apply(batch.view(0))).get(0);       // [N, D]
        SDVariable z2 = projector.apply(backbone.apply(batch.view(1))).get(0);       // [N, D]
        return Losses.of("loss", head.loss(z1, z2));
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code BarlowTwins}. */
    @Component
    @TypeName(kind = "algorithm", name = "BarlowTwins")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new BarlowTwins(config);
        }
    }
}
