package dev.selfsup.loss.swavloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.Sinkhorn;
import dev.selfsup.engine.op.StraightThrough;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.CrossEntropy;
import dev.selfsup.layers.MultiPrototypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * Swapped prediction (SwAV, Caron et al. 2020, <a href="https://arxiv.org/abs/2006.09882">arXiv:2006.09882</a>, equations 2 and 3): some views of an image are
 * assigned to prototypes, and every other view predicts the assignment. Input: features [V * N, D] of V views, those of the first view first; output: the loss.
 *
 * <p>Weights {@code prototypes.weight} [K, D], whose rows every loss call first brings to length 1. The buffer {@code queue} [A, L, D], where a hook has
 * made one, holds the features of the last L images, the newest first, for each of the A views that are assigned; when it is full these images are
 * assigned too, so that small batches fill all prototypes.
 */
public final class SwAVLoss implements Loss {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the loss.
     *
     * @param featDim features D
     * @param sinkhornIterations iterations of the Sinkhorn-Knopp algorithm
     * @param epsilon divides the scores in the Sinkhorn-Knopp algorithm
     * @param temperature divides the scores in the predictions
     * @param cropsForAssign views that are assigned, from 0
     * @param numCrops number of views of each pipeline; their sum is V
     * @param numPrototypes number of prototypes K; of several sets the mean loss is taken, and their weights are {@code prototypes.prototypes<i>.weight}
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int featDim, @Default("3") int sinkhornIterations, @Default("0.05") double epsilon, @Default("0.1") double temperature,
            @Default("[0, 1]") List<Integer> cropsForAssign, @Default("[2]") List<Integer> numCrops,
            @Default("3000") @Shorthand List<Integer> numPrototypes, @Default("[]") List<Initializer> initCfg) {
        public Config {
            cropsForAssign = List.copyOf(cropsForAssign);
            numCrops = List.copyOf(numCrops);
            numPrototypes = List.copyOf(numPrototypes);
            int views = numCrops.stream().mapToInt(Integer::intValue).sum();
            check(featDim > 0, "feat_dim must be positive, not %d", featDim);
            check(sinkhornIterations >= 0, "sinkhorn_iterations must not be negative: %d", sinkhornIterations);
            check(epsilon > 0, "epsilon must be positive, not %s", epsilon);
            check(temperature > 0, "temperature must be positive, not %s", temperature);
            check(numCrops.stream().allMatch(n -> n > 0) && views > 1, "num_crops must be positive and make at least 2 views, not %s", numCrops);
            check(!cropsForAssign.isEmpty() && cropsForAssign.stream().allMatch(c -> c >= 0 && c < views),
                    "crops_for_assign must name some of the %d views of num_crops, from 0, not %s", views, cropsForAssign);
            check(!numPrototypes.isEmpty() && numPrototypes.stream().allMatch(k -> k > 0), "num_prototypes must be positive, not %s", numPrototypes);
        }

        int views() {
            return numCrops.stream().mapToInt(Integer::intValue).sum();
        }
    }

    private final Config config;

    private SwAVLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        List<Graph> sets = sets(graph.in("prototypes"));
        IntStream.range(0, sets.size()).forEach(i -> weight(sets.get(i), config.numPrototypes().get(i)));
        return inputs -> graph.call(inputs, in -> List.of(loss(graph, sets, in.get(0))));
    }

    /** The places of the sets of prototypes. */
    private List<Graph> sets(Graph prototypes) {
        int number = config.numPrototypes().size();
        return number == 1 ? List.of(prototypes) : IntStream.range(0, number).mapToObj(i -> prototypes.in(MultiPrototypes.place(i))).toList();
    }

    private SDVariable weight(Graph set, int prototypes) {
        return set.weight("weight", LayerType.LINEAR, Fill.uniform(1 / Math.sqrt(config.featDim())), prototypes, config.featDim());
    }

    private SDVariable loss(Graph graph, List<Graph> sets, SDVariable features) {
        long images = images(graph.shape(features));
        Optional<SDVariable> queue = graph.given("queue");                                         // [A, L, D]
        queue.ifPresent(q -> checkQueue(graph.shape(q), images));
        SDVariable total = null;
        for (int i = 0; i < sets.size(); i++) {
            SDVariable prototypes = normalised(sets.get(i), config.numPrototypes().get(i));        // [K, D]
            SDVariable loss = swapped(graph, features, prototypes, queue, images);
            total = total == null ? loss : total.add(loss);
        }
        queue.ifPresent(q -> graph.assignAfter("queue", shifted(graph, q, features, images)));
        return sets.size() == 1 ? total : total.div(sets.size());
    }

    private long images(long[] features) {
        check(features.length == 2 && features[1] == config.featDim() && features[0] % config.views() == 0,
                "SwAVLoss takes features [%d * N, %d] (the sum of num_crops, feat_dim), not %s: set num_crops to the num_views of MultiView in the pipeline and"
                + " feat_dim to the neck's out_channels", config.views(), config.featDim(), Arrays.toString(features));
        return features[0] / config.views();
    }

    private void checkQueue(long[] queue, long images) {
        check(queue.length == 3 && queue[0] == config.cropsForAssign().size() && queue[2] == config.featDim() && queue[1] >= images,
                "SwAVLoss with %d crops_for_assign, feat_dim %d and %d images does not fit a queue of shape %s: give SwAVHook the same crops_for_assign,"
                + " feat_dim and batch_size", config.cropsForAssign().size(), config.featDim(), images, Arrays.toString(queue));
    }

    /** Prototypes of length 1, which are the weights from here on. */
    private SDVariable normalised(Graph set, int prototypes) {
        SDVariable weight = weight(set, prototypes);
        SDVariable unit = set.apply(new StraightThrough(), set.applyAll(new Normalize(EPSILON), weight).get(0), weight);
        set.assign("weight", unit);
        return unit;
    }

    /** Every view predicts the assignments of the others: the mean over pairs of an assigned and another view. */
    private SDVariable swapped(Graph graph, SDVariable features, SDVariable prototypes, Optional<SDVariable> queue, long images) {
        SDVariable scores = graph.apply(new Linear(), features, prototypes);                       // [V * N, K]
        List<SDVariable> codes = IntStream.range(0, config.cropsForAssign().size()).mapToObj(i -> {
            SDVariable own = rows(graph, scores, config.cropsForAssign().get(i) * images, images);
            return codes(graph, own, prototypes, queue.map(q -> part(graph, q, i)));               // [N, K]
        }).toList();
        SDVariable targets = graph.concat(0, IntStream.range(0, config.views()).mapToObj(view -> target(graph, view, codes)).toArray(SDVariable[]::new));
        SDVariable loss = CrossEntropy.softmax(graph, scores.div(config.temperature()), targets, List.of());   // [V * N]
        return loss.sum().div((double) images * (config.views() - 1) * codes.size());
    }

    /** Assignments of a view, [N, K], together with the images of its queue [L, D]. */
    private SDVariable codes(Graph graph, SDVariable scores, SDVariable prototypes, Optional<SDVariable> queue) {
        Sinkhorn sinkhorn = new Sinkhorn(config.sinkhornIterations(), config.epsilon(), graph.collectives());
        if (queue.isEmpty()) {
            return graph.apply(sinkhorn, scores);
        }
        SDVariable earlier = graph.apply(new Linear(), queue.get(), prototypes);                   // [L, K]
        SDVariable oldest = rows(graph, queue.get(), graph.shape(queue.get())[0] - 1, 1).reshape(config.featDim());
        return graph.apply(sinkhorn, scores, earlier, oldest);
    }

    /** What a view predicts: the sum of the assignments of the other views, [N, K]. */
    private SDVariable target(Graph graph, int view, List<SDVariable> codes) {
        return IntStream.range(0, codes.size()).filter(i -> config.cropsForAssign().get(i) != view).mapToObj(codes::get).reduce(SDVariable::add)
                .orElseGet(() -> graph.constant(Nd4j.zeros(DataType.FLOAT, graph.shape(codes.get(0)))));
    }

    /** The queue with this batch in front, [A, L, D]. */
    private SDVariable shifted(Graph graph, SDVariable queue, SDVariable features, long images) {
        long[] shape = graph.shape(queue);
        List<SDVariable> parts = new ArrayList<>();
        for (int i = 0; i < shape[0]; i++) {
            parts.add(rows(graph, features, config.cropsForAssign().get(i) * images, images));
            if (images < shape[1]) {
                parts.add(rows(graph, part(graph, queue, i), 0, shape[1] - images));
            }
        }
        return graph.concat(0, parts.toArray(SDVariable[]::new)).reshape(shape);
    }

    /** The queue of one view, [A, L, D] to [L, D]. */
    private static SDVariable part(Graph graph, SDVariable queue, int view) {
        long[] shape = graph.shape(queue);
        return rows(graph, queue.reshape(shape[0] * shape[1], shape[2]), view * shape[1], shape[1]);
    }

    /** Neighbouring rows of [R, C]. */
    private static SDVariable rows(Graph graph, SDVariable x, long from, long count) {
        long[] shape = graph.shape(x);
        return graph.apply(new TokenRange(from, from + count), x.reshape(1, shape[0], shape[1])).reshape(count, shape[1]);
    }

    /** {@code SwAVLoss}. */
    @Component
    @TypeName(kind = "loss", name = "SwAVLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new SwAVLoss(config);
        }
    }
}
