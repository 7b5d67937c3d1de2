package dev.selfsup.engine.onednn;

import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.op.RunningStatistics;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Running statistics in one loop over the channels, which are few. */
final class RunningStatisticsKernel implements Kernel {
    private final INDArray[] in;
    private final INDArray[] out;
    private final Average mean;
    private final Average variance;
    private final LongBuffer counted;
    private final LongBuffer count;

    /** A moving average of some numbers. */
    private record Average(FloatBuffer old, FloatBuffer batch, FloatBuffer result, float keep, float share) {
        void run() {
            for (int i = 0; i < result.limit(); i++) {
                result.put(i, old.get(i) * keep + batch.get(i) * share);
            }
        }
    }

    RunningStatisticsKernel(RunningStatistics of, INDArray[] in, INDArray[] out) {
        this.in = in.clone();
        this.out = out.clone();
        float keep = (float) (1 - of.momentum());
        this.mean = average(0, keep, of.momentum());
        this.variance = average(1, keep, of.momentum() * of.count() / (of.count() - 1));
        this.counted = number(in[2]);
        this.count = number(out[2]);
    }

    private Average average(int index, float keep, double share) {
        return new Average(HostCopy.buffer(in[index]), HostCopy.buffer(in[index + 3]), HostCopy.buffer(out[index]), keep, (float) share);
    }

    private static LongBuffer number(INDArray array) {
        return new LongPointer(array.data().addressPointer()).capacity(1).asBuffer();
    }

    @Override
    public void run() {
        mean.run();
        variance.run();
        count.put(0, counted.get(0) + 1);
    }
}
