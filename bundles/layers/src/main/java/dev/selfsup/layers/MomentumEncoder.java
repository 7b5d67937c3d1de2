package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Twins;
import dev.selfsup.engine.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network that is not trained, but follows one that is by a moving average of its weights: the key encoder of MoCo (He et al. 2019,
 * <a href="https://arxiv.org/abs/1911.05722">arXiv:1911.05722</a>), the target network of BYOL. The buffer {@code steps} counts its updates, one a loss
 * call; the first copies the weights. Buffers, as running statistics, are taken from the network that is followed at every update, as they are at that place in
 * the order of calls, and then changed by the momentum encoder's own applications.
 *
 * <pre>{@code
 * SDVariable q = neck.apply(backbone.apply(view1));                       // the network that is followed first
 * Graph copy = MomentumEncoder.follow(graph.in("encoder_k"), new CosineEMA(0.996), graph.in("backbone"), graph.in("neck"));
 * Backbone.Network keys = config.backbone().build(copy.in("0"));          // weights encoder_k.module.0.*
 * }</pre>
 */
public final class MomentumEncoder {
    private MomentumEncoder() {}

    /**
     * Makes the copies of modules follow these, from here on.
     *
     * @param place the momentum encoder's place, as {@code encoder_k}
     * @param average how weights follow
     * @param modules what is followed, built, and applied as often as it is before the update
     * @return the place of the copies, frozen: {@code <place>.module}, in which modules are called 0, 1, ...
     */
    public static Graph follow(Graph place, MovingAverage average, Graph... modules) {
        place.buffer("steps", DataType.INT64, Fill.ZEROS);
        Graph copies = place.in("module").frozen();
        Map<String, String> followed = new LinkedHashMap<>();
        for (int i = 0; i < modules.length; i++) {
            Graph copy = copies.in(Integer.toString(i));
            copy.assignAll(modules[i]);
            followed.put(copy.path(), modules[i].path());
        }
        place.before(new Update(place.weights(), place.path() + ".steps", followed, average, place.run()));
        return copies;
    }

    /** The update of the weights: one pass over them. Those that are followed change after the step only, so it is made before the forward pass. */
    private static final class Update implements Runnable {
        private final Weights weights;
        private final String counter;
        private final Map<String, String> followed;
        private final MovingAverage average;
        private final Graph.Run run;
        private List<Twins> twins;
        private INDArray steps;

        Update(Weights weights, String counter, Map<String, String> followed, MovingAverage average, Graph.Run run) {
            this.weights = weights;
            this.counter = counter;
            this.followed = followed;
            this.average = average;
            this.run = run;
        }

        @Override
        public void run() {
            if (twins == null) {
                twins = weights.twins(followed);
                steps = weights.array(counter);
            }
            long before = steps.getLong(0);
            if (before == 0) {
                twins.forEach(pair -> pair.target().assign(pair.source()));
            } else if (before % average.interval() == 0) {
                double share = average.share(before, run.iterations());
                twins.forEach(pair -> run.updates().lerp(pair.target(), pair.source(), share));
            }
            steps.putScalar(0, before + 1);
        }
    }
}
