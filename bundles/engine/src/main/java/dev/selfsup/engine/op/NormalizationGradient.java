package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of a normalisation by the statistics of its input: x, mean, variance, dy and, if it scales, the weight, to dx
 * and, if it scales, the gradients of weight and bias.
 *
 * @param of {@link BatchNorm}, {@link GroupNorm} or {@link LayerNorm}
 */
public record NormalizationGradient(Operation of) implements GradientOperation {
    @Override
    public String name() {
        return of.name() + "_bp";
    }

    /** Outputs of a graph's operation are fixed before its inputs are seen, so there are three always. */
    @Override
    public int outputs() {
        return 3;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] scale = in.size() > 4 ? in.get(4) : new long[] {1};
        return List.of(in.get(0), scale, scale);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Normalization norm = (Normalization) of;
        Normalization.Parts parts = norm.parts(in[0].shape());
        Steps steps = new Steps();
        INDArray deviation = norm.inverseDeviation(steps, in[2]);
        INDArray standard = norm.standardized(steps, in[0], in[1], deviation);
        INDArray scaled = Steps.temporary(in[3].shape());
        if (in.length > 4) {
            steps.multiply(in[3], Views.shaped(standard, in[3].shape()), scaled);
            steps.sum(scaled, out[1], parts.shared());
            steps.sum(in[3], out[2], parts.shared());
            steps.multiply(in[3], Views.shaped(in[4], parts.scale()), scaled);
        } else {
            steps.copy(in[3], scaled);
        }
        INDArray dy = Views.shaped(scaled, parts.grouped());
        INDArray dx = Views.shaped(out[0], parts.grouped());
        INDArray mean = Steps.temporary(parts.count());
        INDArray slope = Steps.temporary(parts.count());
        steps.mean(dy, mean, parts.over());
        steps.mean(steps.multiply(dy, standard), slope, parts.over());
        steps.multiply(standard, Views.shaped(slope, parts.kept()), standard);
        steps.subtract(dy, standard, dx);
        steps.subtract(dx, Views.shaped(mean, parts.kept()), dx);
        steps.multiply(dx, Views.shaped(deviation, parts.kept()), dx);
        return steps;
    }
}
