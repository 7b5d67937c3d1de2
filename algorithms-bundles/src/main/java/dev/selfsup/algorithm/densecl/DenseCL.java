package dev.selfsup.algorithm.densecl;

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
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.NearestRows;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.layers.BatchShuffle;
import dev.selfsup.layers.KeyQueue;
import dev.selfsup.layers.MomentumEncoder;
import dev.selfsup.layers.MovingAverage.ExponentialMovingAverage;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * DenseCL, dense contrastive learning (Wang et al. 2020, <a href="https://arxiv.org/abs/2011.09157">arXiv:2011.09157</a>): MoCo v2 for images and, beside it, for
 * their places. A place of one view belongs to the place of the other whose features in the backbone are most like its own.
 */
public final class DenseCL implements Algorithm {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projectors of images and of places, as DenseCLNeck
     * @param head compares positives [R, 1] with negatives [R, K], of images and of places
     * @param queueLen keys in each of both queues, K
     * @param featDim features of a key, as the neck gives them
     * @param momentum share of the key encoder itself in its updates
     * @param lossLambda share of the loss of places in the whole; DenseCLHook holds it at zero at first
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("65536") int queueLen, @Default("128") int featDim,
            @Default("0.999") double momentum, @Default("0.5") double lossLambda, @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(queueLen > 0, "queue_len must be positive, not %d", queueLen);
            check(featDim > 0, "feat_dim must be positive, not %d", featDim);
            check(momentum > 0 && momentum < 1, "momentum must be above 0 and below 1, not %s", momentum);
            check(lossLambda >= 0 && lossLambda <= 1, "loss_lambda must be from 0 to 1, not %s", lossLambda);
        }
    }

    private final Config config;

    private DenseCL(Config config) {
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
        Embeddings q = embeddings(graph, config.backbone().build(backbone), config.neck().build(neck), batch.view(0));

        Graph copies = MomentumEncoder.follow(graph.in("encoder_k"), new ExponentialMovingAverage(1 - config.momentum()), backbone, neck);
        BatchShuffle order = BatchShuffle.draw(graph, graph.shape(q.image)[0]);
        Embeddings k = embeddings(graph, config.backbone().build(copies.in("0")), config.neck().build(copies.in("1")), order.shuffle(batch.view(1)))
                .unshuffled(order);

        KeyQueue queue = KeyQueue.build(graph, "queue", config.featDim(), config.queueLen());
        KeyQueue queue2 = KeyQueue.build(graph, "queue2", config.featDim(), config.queueLen());
        Head.Network head = config.head().build(graph.in("head"));
        SDVariable single = loss(graph, head, q.image, k.image, queue);
        SDVariable dense = loss(graph, head, rows(q.places), corresponding(graph, q, k), queue2);
        queue.enqueue(k.image);
        queue2.enqueue(k.mean);

        SDVariable lambda = graph.setting("loss_lambda", config.lossLambda());
        return Losses.of("loss_single", single.mul(lambda.rsub(1))).and("loss_dense", dense.mul(lambda));
    }

    /**
     * What is known of a view, all of length 1.
     *
     * @param image projection of the image, [N, D]
     * @param places projections of its places, [N, L, D]
     * @param mean projection of the places' mean, [N, D]
     * @param features of the backbone at its places, [N, L, C]
     */
    private record Embeddings(SDVariable image, SDVariable places, SDVariable mean, SDVariable features) {
        Embeddings unshuffled(BatchShuffle order) {
            return new Embeddings(order.unshuffle(image), order.unshuffle(places), order.unshuffle(mean), order.unshuffle(features));
        }
    }

    private Embeddings embeddings(Graph graph, Backbone.Network backbone, Neck.Network neck, SDVariable images) {
        List<SDVariable> features = backbone.apply(images);                          // [N, C, H, W]
        List<SDVariable> projected = neck.apply(features);
        check(projected.size() == 3, "DenseCL needs a neck that projects images and places, as DenseCLNeck");
        int given = Math.toIntExact(graph.shape(projected.get(0))[1]);
        check(given == config.featDim(), "feat_dim must be the %d features that the neck gives, not %d", given, config.featDim());
        return new Embeddings(normalize(graph, projected.get(0)), places(graph, projected.get(1)), normalize(graph, projected.get(2)),
                places(graph, features.get(0)));
    }

    private static SDVariable normalize(Graph graph, SDVariable rows) {
        return graph.applyAll(new Normalize(EPSILON), rows).get(0);
    }

    /** Features of places [N, C, ...] as rows of length 1, [N, L, C]. */
    private static SDVariable places(Graph graph, SDVariable x) {
        long[] shape = graph.shape(x);
        SDVariable rows = x.reshape(shape[0], shape[1], -1).permute(0, 2, 1);         // [N, L, C]
        long[] apart = graph.shape(rows);
        return normalize(graph, rows.reshape(apart[0] * apart[1], apart[2])).reshape(apart);
    }

    private SDVariable rows(SDVariable places) {
        return places.reshape(-1, config.featDim());                                 // [N * L, D]
    }

    /** For each place of one view the projection of the place of the other that the backbone finds most like it, [N * L, D]. */
    private SDVariable corresponding(Graph graph, Embeddings q, Embeddings k) {
        long places = graph.shape(q.places)[1];
        long found = graph.shape(q.features)[1];
        check(places == found, "the neck must project as many places as the backbone gives, %d, not %d: leave num_grid out or set it to match", found, places);
        SDVariable similarity = graph.matmul(q.features, k.features, false, true);    // [N, L, L]
        return graph.apply(new GatherRows(), rows(k.places), graph.apply(new NearestRows(), similarity));
    }

    private static SDVariable loss(Graph graph, Head.Network head, SDVariable queries, SDVariable keys, KeyQueue queue) {
        SDVariable positive = queries.mul(keys).sum(true, 1);                        // [R, 1]
        SDVariable negative = graph.matmul(queries, queue.keys(), false, false);     // [R, K]
        return head.loss(positive, negative);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code DenseCL}. */
    @Component
    @TypeName(kind = "algorithm", name = "DenseCL")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new DenseCL(config);
        }
    }
}
