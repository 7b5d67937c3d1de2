package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Moving average of batch statistics, {@code new = (1 - momentum) old + momentum batch}: running mean [C], running variance
 * [C], number of batches (int64, []), mean [C] and biased variance [C] of the batch, to the new values of the first
 * three. The running variance is unbiased: the batch's counts {@code n / (n - 1)} times. No gradient.
 *
 * @param momentum share of the batch
 * @param count elements n per channel, at least 2
 */
public record RunningStatistics(double momentum, long count) implements Operation {
    /** Checks the number of elements. */
    public RunningStatistics {
        if (count < 2) {
            throw new IllegalArgumentException("batch statistics need more than 1 value per channel when training, not " + count);
        }
    }

    @Override
    public String name() {
        return "running_statistics";
    }

    @Override
    public int outputs() {
        return 3;
    }

    @Override
    public boolean inPlace() {
        return true;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return in.subList(0, 3);
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(DataType.FLOAT, DataType.FLOAT, DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.nCopies(in.size(), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        average(steps, in[0], in[3], momentum, out[0]);
        average(steps, in[1], in[4], momentum * count / (count - 1), out[1]);
        steps.then("add", Arrays.asList(in[2], Nd4j.scalar(DataType.INT64, 1)), List.of(out[2]));
        return steps;
    }

    private void average(Steps steps, INDArray old, INDArray batch, double share, INDArray out) {
        INDArray part = steps.multiply(batch, Steps.number(share));
        steps.multiply(old, Steps.number(1 - momentum), out);
        steps.add(out, part, out);
    }
}
