package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Weights;
import dev.selfsup.hook.denseclhook.DenseCLHook;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DenseCLHookTest {
    private final Weights weights = new Weights(0);
    private final AtomicInteger iteration = new AtomicInteger();
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            Map.<String, Object>of("weights", weights, "iteration", iteration.get()).get(method.getName()));
    private final Hook hook = new DenseCLHook.Factory().create(new DenseCLHook.Config(2, Priority.NORMAL));

    @Test
    void theLossOfPlacesCountsFromItsIterationOn() {
        new Graph(weights, true, Collectives.SINGLE).setting("loss_lambda", 0.25);
        weights.allocate();
        hook.beforeTrain(run);
        double[] seen = new double[4];
        for (int i = 0; i < seen.length; i++) {
            iteration.set(i);
            hook.beforeTrainIter(run);
            seen[i] = weights.setting("loss_lambda").orElseThrow().getDouble(0);
        }
        assertEquals("[0.0, 0.0, 0.25, 0.25]", Arrays.toString(seen));
    }

    @Test
    void aModelWithoutLossOfPlacesIsRefused() {
        assertEquals("DenseCLHook sets loss_lambda, which the model has not: set model.type to DenseCL, or remove the hook from custom_hooks",
                assertThrows(UsageException.class, () -> hook.beforeTrain(run)).getMessage());
    }

    @Test
    void theStartMustNotBeNegative() {
        assertEquals("start_iters must not be negative, not -1",
                assertThrows(IllegalArgumentException.class, () -> new DenseCLHook.Config(-1, Priority.NORMAL)).getMessage());
    }
}
