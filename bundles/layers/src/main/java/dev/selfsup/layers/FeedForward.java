package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Activation;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The feed-forward network of a transformer layer, on rows [R, C]: linear layers {@code layers.0.0}, ..., each followed by the
 * activation, and a last one.
 *
 * @param channels C
 * @param hidden width of the inner layers
 * @param layers number of linear layers, at least 2
 * @param activation between them
 * @param dropRate probability of setting an element to zero behind each of them in training
 */
public record FeedForward(int channels, int hidden, int layers, Activation activation, double dropRate) {
    private static final double BIAS_DEVIATION = 1e-6;
    /** First values of the network {@code ffn} of a layer of a backbone: uniform after Glorot and Bengio, biases almost zero. Those of necks begin as other linear layers. */
    static final Initialization FIRST = weight -> !weight.layer().equals(LayerType.LINEAR) || !weight.path().startsWith("ffn.") ? Optional.empty()
            : Optional.of(weight.name().equals("bias") ? Fill.normal(0, BIAS_DEVIATION)
                    : Fill.uniform(Math.sqrt(6.0 / (Fill.fanIn(weight.shape()) + Fill.fanOut(weight.shape())))));

    public FeedForward {
        check(layers >= 2, "num_fcs must be at least 2, not %d", layers);
    }

    /** Makes the weights. */
    public Layer build(Graph place) {
        return build(place, Optional.empty());
    }

    /**
     * Makes the weights.
     *
     * @param place the network's place
     * @param scale factor on each channel of the result, [C]; empty for none
     */
    public Layer build(Graph place, Optional<SDVariable> scale) {
        Graph all = place.in("layers");
        Layer inner = Layer.IDENTITY;
        for (int i = 0; i < layers - 1; i++) {
            Graph at = all.in(Integer.toString(i));
            inner = inner.then(Linear.build(at.in("0"), i == 0 ? channels : hidden, hidden, true)).then(activation.build(at.in("1")))
                    .then(Dropout.build(at, dropRate));
        }
        return place.module(inner.then(Linear.build(all.in(Integer.toString(layers - 1)), hidden, channels, true, scale))
                .then(Dropout.build(all, dropRate)));
    }
}
