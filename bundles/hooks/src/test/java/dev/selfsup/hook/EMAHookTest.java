package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Weights;
import dev.selfsup.hook.emahook.EMAHook;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Averages of one weight that takes the values 1, 2, 3, ... after the iterations. */
class EMAHookTest {
    private final Weights weights = new Weights(0);
    private final AtomicInteger iteration = new AtomicInteger();
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            Map.<String, Object>of("weights", weights, "updates", new PlainUpdates(), "iteration", iteration.get(), "epochLength", 3).get(method.getName()));

    @Test
    void theAverageBeginsWithACopyAndFollowsWithItsMomentum() {
        check("ExponentialMovingAverage", 0, step -> 0.1);
    }

    @Test
    void theExponentialMomentumIsFastFirst() {
        check("ExpMomentumEMA", 0, step -> 0.9 * Math.exp(-(1.0 + step) / 5) + 0.1);
    }

    @Test
    void theStochasticWeightAverageIsThePlainMean() {
        check("StochasticWeightAverage", 0, step -> 1.0 / (step + 1));
    }

    @Test
    void nothingIsAveragedBeforeTheBeginning() {
        check("ExponentialMovingAverage", 3, step -> 0.1);
    }

    /** Compares with the recurrence after ten iterations, then looks at what evaluation sees. */
    private void check(String type, int begin, IntToDoubleFunction momentum) {
        new Graph(weights, true, Collectives.SINGLE).weight("w", LayerType.NONE, Fill.ZEROS, 1);
        weights.allocate();
        Hook hook = new EMAHook.Factory().create(new EMAHook.Config(type, 0.1, 5, 1, begin, 0, false, false, Priority.NORMAL));
        hook.beforeTrain(run);
        double average = 0;
        for (int i = 1; i <= 10; i++) {
            iteration.set(i);
            weights.flat().assign(i);
            hook.afterTrainIter(run);
            int step = i - begin - 1;
            if (step >= 0) {
                double m = step == 0 ? 1 : momentum.applyAsDouble(step);
                average = (1 - m) * average + m * i;
            }
        }
        hook.beforeEvaluation(run);
        assertEquals(average, weights.flat().getDouble(0), 1e-5);
        hook.afterEvaluation(run);
        assertEquals(10, weights.flat().getDouble(0));
        assertEquals(average, hook.state().tensors().get("w").getDouble(0), 1e-5);
    }
}
