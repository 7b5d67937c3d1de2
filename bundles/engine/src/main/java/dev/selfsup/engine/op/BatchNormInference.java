package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation by given statistics: x [N, C] or [N, C, H, W], mean [C], variance [C], optionally weight [C] and
 * bias [C], to {@code (x - mean) / sqrt(variance + epsilon) * weight + bias}. The statistics get no gradient.
 *
 * @param epsilon added to the variance
 */
public record BatchNormInference(double epsilon) implements Operation {
    @Override
    public String name() {
        return "batch_norm_inference";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (in.size() != 3 && in.size() != 5) {
            throw new IllegalArgumentException(name() + " takes x, mean, variance and optionally weight and bias, not " + in.size()
                    + " inputs");
        }
        return List.of(in.get(0));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        SDVariable dy = gradients.get(0);
        List<SDVariable> result = new ArrayList<>();
        Gradient gradient = new Gradient(epsilon);
        List<SDVariable> found = in.size() == 3 ? graph.applyAll(gradient, in.get(0), in.get(1), in.get(2), dy)
                : graph.applyAll(gradient, in.get(0), in.get(1), in.get(2), dy, in.get(3));
        result.add(found.get(0));
        result.add(null);
        result.add(null);
        if (in.size() == 5) {
            result.add(found.get(1));
            result.add(found.get(2));
        }
        return result;
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        BatchNorm norm = new BatchNorm(epsilon);
        long[] channels = BatchNorm.channels(in[0].shape());
        INDArray deviation = norm.inverseDeviation(steps, in[2]);
        steps.subtract(in[0], Views.shaped(in[1], channels), out[0]);
        steps.multiply(out[0], Views.shaped(deviation, channels), out[0]);
        if (in.length > 3) {
            steps.multiply(out[0], Views.shaped(in[3], channels), out[0]);
            steps.add(out[0], Views.shaped(in[4], channels), out[0]);
        }
        return steps;
    }

    /**
     * Its gradient: x, mean, variance, dy and, if it scales, the weight, to dx and, if it scales, the gradients of weight and
     * bias.
     *
     * @param epsilon added to the variance
     */
    public record Gradient(double epsilon) implements GradientOperation {
        @Override
        public String name() {
            return "batch_norm_inference_bp";
        }

        @Override
        public int outputs() {
            return 3;
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return new NormalizationGradient(new BatchNorm(epsilon)).shapes(in);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            BatchNorm norm = new BatchNorm(epsilon);
            long[] channels = BatchNorm.channels(in[0].shape());
            long[] others = ChannelSum.othersThanChannels(channels.length);
            INDArray deviation = norm.inverseDeviation(steps, in[2]);
            if (in.length > 4) {
                INDArray standard = norm.standardized(steps, in[0], in[1], deviation);
                steps.sum(steps.multiply(in[3], standard), out[1], others);
                steps.sum(in[3], out[2], others);
                steps.multiply(deviation, in[4], deviation);
            }
            steps.multiply(in[3], Views.shaped(deviation, channels), out[0]);
            return steps;
        }
    }
}
