package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Convolution;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A two-dimensional convolution with square kernel, [N, in, H, W] to [N, out, H', W']. Weights {@code weight}
 * [out, in / groups, kernel, kernel] and {@code bias} [out], first uniform within 1 / sqrt(fan in), as in PyTorch.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel height and width of the kernel
 * @param stride step
 * @param padding zeros around the image
 * @param dilation distance of kernel elements
 * @param groups groups of channels that are convolved alone
 * @param bias whether there is a bias
 */
public record Conv2d(int in, int out, int kernel, int stride, int padding, int dilation, int groups, boolean bias) {
    /**
     * A {@code conv_cfg}.
     *
     * @param type the kind of convolution: Conv2d, or Conv, which is the same
     */
    public record Options(@Default("Conv2d") String type) {
        public Options {
            check(type.equals("Conv2d") || type.equals("Conv"), "conv_cfg must be of type Conv2d, not %s: leave it out", type);
        }
    }

    /** A convolution without bias, groups and dilation. */
    public static Conv2d of(int in, int out, int kernel, int stride, int padding) {
        return new Conv2d(in, out, kernel, stride, padding, 1, 1, false);
    }

    /** Makes the weights. */
    public Layer build(Graph graph) {
        double bound = 1 / Math.sqrt((double) in / groups * kernel * kernel);
        Convolution convolution = new Convolution(stride, stride, padding, padding, dilation, dilation, groups);
        SDVariable weight = graph.weight("weight", LayerType.CONV, Fill.uniform(bound), out, in / groups, kernel, kernel);
        if (!bias) {
            return graph.module(x -> graph.apply(convolution, x, weight));
        }
        SDVariable shift = graph.weight("bias", LayerType.CONV, Fill.uniform(bound), out);
        return graph.module(x -> graph.apply(convolution, x, weight, shift));
    }
}
