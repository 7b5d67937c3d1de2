package dev.selfsup.algorithm.odc;

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
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * Online deep clustering (Zhan et al. 2020, <a href="https://arxiv.org/abs/2006.10645">arXiv:2006.10645</a>): the network is trained to tell the cluster of an image, and
 * after every step the batch's images move to the clusters that are nearest to their new features. What happens to clusters between steps is the work of
 * {@code ODCHook}, the first clustering that of {@code DeepClusterHook}. Buffer {@code loss_weight} [K]: how much the images of each cluster count, even at first.
 */
public final class ODC implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck from the backbone's features to those that are clustered, as ODCNeck
     * @param head classifies features [N, D] into clusters [N]; each image counts by a third input, [N]
     * @param memoryBank features and clusters of all images, as ODCMemory
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, Memory memoryBank, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(memoryBank instanceof Memory.Clusters, "memory_bank must be a memory of clusters, as ODCMemory");
        }

        Memory.Clusters memory() {
            return (Memory.Clusters) memoryBank;
        }
    }

    private final Config config;

    private ODC(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Optional<Memory> memory() {
        return Optional.of(config.memoryBank());
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        int clusters = config.memory().clusters();
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Neck.Network neck = config.neck().build(graph.in("neck"));
        Head.Network classifier = config.head().build(graph.in("head"));
        Memory.Clusters.Bank memory = config.memory().build(graph.in("memory_bank"));
        SDVariable weights = graph.buffer("loss_weight", DataType.FLOAT, Fill.constant(1.0 / clusters), clusters);    // [K]

        SDVariable index = batch.field("sample_idx");                                                                 // [N]
        SDVariable features = neck.apply(backbone.apply(batch.view(0))).get(0);                                       // [N, D]
        SDVariable labels = memory.labels(index);                                                                     // [N]
        SDVariable weight = graph.apply(new GatherRows(), weights.reshape(clusters, 1), labels);                      // [N, 1]
        SDVariable loss = classifier.loss(features, labels, weight.reshape(graph.shape(index)));
        checkClasses(graph, classifier, features);
        return Losses.of("loss", loss).and("change_ratio", memory.update(index, features));
    }

    private void checkClasses(Graph graph, Head.Network head, SDVariable features) {
        if (head instanceof Head.Classifier classifier) {
            long classes = graph.shape(classifier.scores(List.of(features)).get(0))[1];
            check(classes == config.memory().clusters(), "head.num_classes is %d, but memory_bank.num_classes %d: they must be equal", classes,
                    config.memory().clusters());
        }
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** The features that are clustered. */
    @Override
    public SDVariable embed(Graph graph, SDVariable images) {
        return config.neck().build(graph.in("neck")).apply(extract(graph, images)).get(0);
    }

    /** {@code ODC}. */
    @Component
    @TypeName(kind = "algorithm", name = "ODC")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new ODC(config);
        }
    }
}
