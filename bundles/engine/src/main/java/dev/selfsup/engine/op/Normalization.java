package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation that gives parts of an array mean 0 and variance 1, {@code (x - mean) / sqrt(variance + epsilon)}, then scales
 * and shifts by an optional weight and bias. Outputs are y, and the mean and biased variance of every part; gradients
 * flow through y alone.
 */
interface Normalization extends Operation {
    /**
     * Which elements make up a part.
     *
     * @param grouped the array's shape so that parts lie along whole dimensions
     * @param over those dimensions
     * @param kept shape of the statistics beside {@code grouped}, 1 along {@code over}
     * @param scale shape of weight and bias beside the array
     */
    record Parts(long[] grouped, long[] over, long[] kept, long[] scale) {
        /** Number of parts. */
        long count() {
            return Arrays.stream(kept).reduce(1, (a, b) -> a * b);
        }

        /** Dimensions of the array along which weight and bias do not change. */
        long[] shared() {
            return java.util.stream.LongStream.range(0, scale.length).filter(d -> scale[(int) d] == 1).toArray();
        }
    }

    /** Added to the variance. */
    double epsilon();

    /** The parts of an array of this shape. */
    Parts parts(long[] shape);

    @Override
    default int outputs() {
        return 3;
    }

    @Override
    default List<long[]> shapes(List<long[]> in) {
        if (in.size() != 1 && in.size() != 3) {
            throw new IllegalArgumentException(name() + " takes x, or x, weight and bias, not " + in.size() + " inputs");
        }
        long[] x = in.get(0);
        long[] statistics = {parts(x).count()};
        return List.of(x, statistics, statistics);
    }

    @Override
    default List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        if (gradients.get(0) == null) {
            return java.util.Collections.nCopies(in.size(), null);
        }
        SDVariable x = in.get(0);
        SDVariable dy = gradients.get(0);
        NormalizationGradient gradient = new NormalizationGradient(this);
        return in.size() == 1 ? graph.applyAll(gradient, x, out.get(1), out.get(2), dy)
                : graph.applyAll(gradient, x, out.get(1), out.get(2), dy, in.get(1));
    }

    @Override
    default Kernel plain(INDArray[] in, INDArray[] out) {
        Parts parts = parts(in[0].shape());
        Steps steps = new Steps();
        INDArray x = Views.shaped(in[0], parts.grouped);
        INDArray y = Views.shaped(out[0], parts.grouped);
        steps.mean(x, out[1], parts.over);
        steps.subtract(x, Views.shaped(out[1], parts.kept), y);
        INDArray lost = steps.mean(y, Steps.temporary(out[1].shape()), parts.over);      // what rounding left of the mean
        steps.add(out[1], lost, out[1]);
        steps.subtract(y, Views.shaped(lost, parts.kept), y);
        steps.mean(steps.multiply(y, y), out[2], parts.over);
        INDArray factor = inverseDeviation(steps, out[2]);
        boolean together = in.length > 1 && Arrays.equals(parts.kept, parts.scale);
        if (together) {
            steps.multiply(factor, in[1], factor);
        }
        steps.multiply(y, Views.shaped(factor, parts.kept), y);
        if (in.length > 1 && !together) {
            steps.multiply(out[0], Views.shaped(in[1], parts.scale), out[0]);
        }
        if (in.length > 1) {
            steps.add(out[0], Views.shaped(in[2], parts.scale), out[0]);
        }
        return steps;
    }

    /** One over the standard deviation. */
    default INDArray inverseDeviation(Steps steps, INDArray variance) {
        INDArray result = Steps.temporary(variance.shape());
        steps.add(variance, Steps.number(epsilon()), result);
        return steps.rsqrt(result, result);
    }

    /** The array with mean 0 and variance 1, under the shape in which parts lie along whole dimensions. */
    default INDArray standardized(Steps steps, INDArray x, INDArray mean, INDArray inverseDeviation) {
        Parts parts = parts(x.shape());
        INDArray result = Steps.temporary(parts.grouped);
        steps.subtract(Views.shaped(x, parts.grouped), Views.shaped(mean, parts.kept), result);
        return steps.multiply(result, Views.shaped(inverseDeviation, parts.kept), result);
    }
}
