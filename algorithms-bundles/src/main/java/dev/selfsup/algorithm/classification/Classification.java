package dev.selfsup.algorithm.classification;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.layers.CrossEntropy;
import dev.selfsup.layers.Linear;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Supervised classification by one linear layer on a backbone's last features: the plainest loss that trains a whole backbone, by which
 * {@code ./selfsup bench} measures backbones.
 */
public final class Classification implements Algorithm {
    /**
     * Backbone and classes.
     *
     * @param backbone the network that is trained
     * @param numClasses number of classes; the labels are the batch's field {@code gt_label}
     * @param dataPreprocessor normalisation of images
     */
    public record Config(Backbone backbone, int numClasses, @Default("{}") DataPreprocessor dataPreprocessor) {
        public Config {
            check(numClasses > 1, "num_classes must be at least 2, not %d", numClasses);
        }
    }

    private final Config config;

    private Classification(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph graph, Batch batch) {
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        SDVariable features = pooled(graph, backbone.apply(batch.view(0)));                        // [N, C]
        Layer classifier = Linear.build(graph.in("head.fc"), Math.toIntExact(graph.shape(features)[1]), config.numClasses(), true);
        SDVariable logits = classifier.apply(features);                                            // [N, K]
        SDVariable targets = CrossEntropy.targets(graph, logits, batch.field("gt_label"));         // [N, K]
        return Losses.of("loss", CrossEntropy.softmax(graph, logits, targets, List.of()).mean());
    }

    /** The last features, averaged over the image where they have places. */
    private static SDVariable pooled(Graph graph, List<SDVariable> features) {
        SDVariable last = features.get(features.size() - 1);
        return graph.shape(last).length == 4 ? graph.apply(new GlobalAveragePool(), last) : last;
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code bench.Classification}. */
    @Component
    @TypeName(kind = "algorithm", name = "Classification", scope = "bench")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new Classification(config);
        }
    }
}
