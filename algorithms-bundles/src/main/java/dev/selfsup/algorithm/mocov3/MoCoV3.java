package dev.selfsup.algorithm.mocov3;

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
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Encoder;
import dev.selfsup.layers.MomentumEncoder;
import dev.selfsup.layers.MovingAverage.CosineEMA;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MoCo v3 (Chen et al. 2021, <a href="https://arxiv.org/abs/2104.02057">arXiv:2104.02057</a>): the query of each view is drawn to the key of the other view of its
 * image, away from the keys of the other images in the batch. Keys come from a moving average of backbone and projector; there is no queue.
 */
public final class MoCoV3 implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head compares queries [N, D] with keys [N, D]
     * @param baseMomentum share of the momentum encoder itself in its first updates; it goes to 1 along a cosine over the run
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("0.99") double baseMomentum,
            @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(baseMomentum > 0 && baseMomentum < 1, "base_momentum must be above 0 and below 1, not %s", baseMomentum);
        }
    }

    private final Config config;

    private MoCoV3(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Graph backbone = graph.in("backbone");
        Graph neck = graph.in("neck");
        Layer queries = Encoder.build(config.backbone(), backbone, config.neck(), neck);
        SDVariable q1 = queries.apply(batch.view(0));                                // [N, D]
        SDVariable q2 = queries.apply(batch.view(1));                                // [N, D]

        Graph copies = MomentumEncoder.follow(graph.in("momentum_encoder"), new CosineEMA(config.baseMomentum()), backbone, neck);
        Layer keys = graph.in("momentum_encoder").module(Encoder.build(config.backbone(), copies.in("0"), config.neck(), copies.in("1")));
        SDVariable k1 = keys.apply(batch.view(0));                                   // [N, D]
        SDVariable k2 = keys.apply(batch.view(1));                                   // [N, D]

        Head.Network head = config.head().build(graph.in("head"));
        return Losses.of("loss", head.loss(q1, k2).add(head.loss(q2, k1)));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MoCoV3}. */
    @Component
    @TypeName(kind = "algorithm", name = "MoCoV3")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MoCoV3(config);
        }
    }
}
