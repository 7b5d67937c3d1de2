package dev.selfsup.runtime.train;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import java.util.Arrays;
import java.util.Map;

/** The losses of a run, thinned out as it grows so that it never has more than a few thousand points. */
final class LossCurve implements Hook {
    private static final int MOST = 4096;

    private double[] iterations = new double[MOST];
    private double[] losses = new double[MOST];
    private int count;
    private int merged = 1;
    private double sum;
    private int pending;

    @Override
    public void afterTrainIter(Run run) {
        sum += run.losses().getOrDefault("loss", Double.NaN);
        pending++;
        if (pending == merged) {
            append(run.iteration(), sum / pending);
            sum = 0;
            pending = 0;
        }
    }

    private void append(int iteration, double loss) {
        if (count == MOST) {
            for (int i = 0; i < MOST / 2; i++) {
                iterations[i] = iterations[2 * i + 1];
                losses[i] = (losses[2 * i] + losses[2 * i + 1]) / 2;
            }
            count = MOST / 2;
            merged *= 2;
        }
        iterations[count] = iteration;
        losses[count++] = loss;
    }

    double[] iterations() {
        return Arrays.copyOf(iterations, count);
    }

    double[] losses() {
        return Arrays.copyOf(losses, count);
    }

    @Override
    public State state() {
        return State.of(Map.of("iterations", iterations(), "losses", losses(), "merged", new double[] {merged, sum, pending}));
    }

    @Override
    public void restore(State state) {
        double[] x = state.numbers().getOrDefault("iterations", new double[0]);
        double[] y = state.numbers().getOrDefault("losses", new double[0]);
        count = Math.min(MOST, Math.min(x.length, y.length));
        iterations = Arrays.copyOf(Arrays.copyOf(x, count), MOST);
        losses = Arrays.copyOf(Arrays.copyOf(y, count), MOST);
        double[] part = state.numbers().getOrDefault("merged", new double[] {1, 0, 0});
        merged = (int) part[0];
        sum = part[1];
        pending = (int) part[2];
    }
}
