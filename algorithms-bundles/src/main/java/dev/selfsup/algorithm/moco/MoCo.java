package dev.selfsup.algorithm.moco;

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
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.layers.BatchShuffle;
import dev.selfsup.layers.Encoder;
import dev.selfsup.layers.KeyQueue;
import dev.selfsup.layers.MomentumEncoder;
import dev.selfsup.layers.MovingAverage.ExponentialMovingAverage;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MoCo, Momentum Contrast (He et al. 2019, <a href="https://arxiv.org/abs/1911.05722">arXiv:1911.05722</a>), and MoCo v2 (Chen et al. 2020,
 * <a href="https://arxiv.org/abs/2003.04297">arXiv:2003.04297</a>), which differ in neck, temperature and views: the query of one view is drawn to the key of the
 * other and away from a queue of earlier keys. Keys come from a moving average of the query encoder.
 */
public final class MoCo implements Algorithm {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head compares positives [N, 1] with negatives [N, K]
     * @param queueLen keys in the queue, K
     * @param featDim features of a key, as the neck gives them
     * @param momentum share of the key encoder itself in its updates
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("65536") int queueLen, @Default("128") int featDim,
            @Default("0.999") double momentum, @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(queueLen > 0, "queue_len must be positive, not %d", queueLen);
            check(featDim > 0, "feat_dim must be positive, not %d", featDim);
            check(momentum > 0 && momentum < 1, "momentum must be above 0 and below 1, not %s", momentum);
        }
    }

    private final Config config;

    private MoCo(Config config) {
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
        SDVariable q = normalize(graph, queries.apply(batch.view(0)));               // [N, D]

        Graph copies = MomentumEncoder.follow(graph.in("encoder_k"), new ExponentialMovingAverage(1 - config.momentum()), backbone, neck);
        Layer keys = graph.in("encoder_k").module(Encoder.build(config.backbone(), copies.in("0"), config.neck(), copies.in("1")));
        BatchShuffle order = BatchShuffle.draw(graph, graph.shape(q)[0]);
        SDVariable k = order.unshuffle(normalize(graph, keys.apply(order.shuffle(batch.view(1)))));    // [N, D]

        KeyQueue queue = KeyQueue.build(graph, "queue", config.featDim(), config.queueLen());
        SDVariable positive = q.mul(k).sum(true, 1);                                 // [N, 1]
        SDVariable negative = graph.matmul(q, queue.keys(), false, false);           // [N, K]
        queue.enqueue(k);
        return Losses.of("loss", config.head().build(graph.in("head")).loss(positive, negative));
    }

    private SDVariable normalize(Graph graph, SDVariable z) {
        int features = Math.toIntExact(graph.shape(z)[1]);
        check(features == config.featDim(), "feat_dim must be the %d features that the neck gives, not %d", features, config.featDim());
        return graph.apply(new Normalize(EPSILON), z);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MoCo}. */
    @Component
    @TypeName(kind = "algorithm", name = "MoCo")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MoCo(config);
        }
    }
}
