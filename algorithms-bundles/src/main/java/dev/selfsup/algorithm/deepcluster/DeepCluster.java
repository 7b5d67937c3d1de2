package dev.selfsup.algorithm.deepcluster;

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
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.OneHot;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * DeepCluster (Caron et al. 2018, <a href="https://arxiv.org/abs/1807.05520">arXiv:1807.05520</a>): the features of all images are clustered, and the network learns to tell in which cluster
 * an image is; then again, with a classifier of new weights. DeepClusterHook clusters, and has the images' clusters come as the field {@code clustering_label}.
 *
 * <p>The buffer {@code loss_weight} [K] says how much an image of each cluster counts. Its sum is 1, so losses are smaller than a cross entropy by a factor of about K.
 */
public final class DeepCluster implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck what of its features is clustered and classified, as AvgPool2dNeck
     * @param head classifies clusters, as ClsHead
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private DeepCluster(Config config) {
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
        Neck.Network neck = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        SDVariable features = neck.apply(backbone.apply(batch.view(0))).get(0);       // [N, C, 1, 1]
        SDVariable clusters = batch.field("clustering_label").reshape(graph.shape(features)[0]);                  // [N]
        return Losses.of("loss", head.loss(features, clusters, factors(graph, clusters, classes(graph, head, features))));
    }

    private static long classes(Graph graph, Head.Network head, SDVariable features) {
        check(head instanceof Head.Classifier, "DeepCluster needs a head that classifies, as ClsHead");
        return graph.shape(((Head.Classifier) head).scores(List.of(features)).get(0))[1];
    }

    /** How much each image counts, [N]: one without a cluster not at all. */
    private static SDVariable factors(Graph graph, SDVariable clusters, long classes) {
        SDVariable weight = graph.buffer("loss_weight", DataType.FLOAT, Fill.constant(1.0 / classes), classes);   // [K]
        SDVariable members = graph.apply(new OneHot(Math.toIntExact(classes)), clusters);                         // [N, K]
        return graph.matmul(members, weight.reshape(classes, 1), false, false).reshape(graph.shape(clusters)[0]);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    @Override
    public SDVariable embed(Graph place, SDVariable images) {
        return config.neck().build(place.initialized(config.initCfg()).in("neck")).apply(extract(place, images)).get(0);
    }

    /** {@code DeepCluster}. */
    @Component
    @TypeName(kind = "algorithm", name = "DeepCluster")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new DeepCluster(config);
        }
    }
}
