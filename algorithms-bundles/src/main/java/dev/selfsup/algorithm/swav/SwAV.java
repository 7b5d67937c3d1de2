package dev.selfsup.algorithm.swav;

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
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * SwAV (Caron et al. 2020, <a href="https://arxiv.org/abs/2006.09882">arXiv:2006.09882</a>): views of an image are assigned to prototypes, and each view
 * predicts the assignment of another one. Prototypes are learned vectors of length 1; the assignment of a batch gives all of them the same mass, which the
 * Sinkhorn-Knopp algorithm finds in a few iterations, so that nothing collapses and no negatives are needed. Where a batch is small beside the number of
 * prototypes, a queue of the features of earlier batches is assigned together with it. Only the large crops of an image are assigned, small crops of parts of
 * it predict too and cost little: neighbouring views of one size go through the backbone together. Prototypes and projector are thrown away after pretraining.
 */
public final class SwAV implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector of the features of all sizes, as SwAVNeck
     * @param head compares the features of all views, as SwAVHead
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private SwAV(Config config) {
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

        List<SDVariable> sizes = bySize(graph, batch.views());                       // each [V_i * N, 3, H_i, W_i]
        List<SDVariable> features = sizes.stream().map(views -> backbone.apply(views).get(0)).toList();
        SDVariable z = projector.apply(features).get(0);                             // [V * N, D]
        return Losses.of("loss", head.loss(z));
    }

    /** Neighbouring views of one width, put together. */
    private static List<SDVariable> bySize(Graph graph, List<SDVariable> views) {
        List<SDVariable> sizes = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= views.size(); i++) {
            if (i == views.size() || graph.shape(views.get(i))[3] != graph.shape(views.get(first))[3]) {
                List<SDVariable> alike = views.subList(first, i);
                sizes.add(alike.size() == 1 ? alike.get(0) : graph.concat(0, alike.toArray(SDVariable[]::new)));
                first = i;
            }
        }
        return sizes;
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code SwAV}. */
    @Component
    @TypeName(kind = "algorithm", name = "SwAV")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new SwAV(config);
        }
    }
}
