package dev.selfsup.runtime.model;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Fills the random choices of a plan from the run's seed, the iteration and the choice's name alone, so that a resumed run makes the same. */
public final class Draws {
    private Draws() {}

    /** Fills all choices for an iteration. */
    public static void fill(Plan plan, long seed, long iteration) {
        for (Draw draw : plan.draws()) {
            if (plan.inputs().contains(draw.name())) {
                INDArray target = plan.input(draw.name());
                double[] values = new double[Math.toIntExact(target.length())];
                draw.source().fill(values, SampleRandom.of(seed, iteration, draw.name().hashCode()));
                write(values, target);
            }
        }
    }

    /** Copies values into an array of any type. */
    public static void write(double[] values, INDArray target) {
        if (target.dataType() == DataType.FLOAT) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            HostCopy.write(floats, floats.length, target);
        } else {
            target.assign(Nd4j.createFromArray(Arrays.stream(values).mapToLong(v -> (long) v).toArray()).reshape(target.shape()));
        }
    }
}
