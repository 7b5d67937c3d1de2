package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Run;
import dev.selfsup.hook.simsiamhook.SimSiamHook;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group whose rate is fixed and one whose rate is not, both lowered to 0.1 by a schedule. */
class SimSiamHookTest {
    private final ParamGroup backbone = new ParamGroup(List.of("backbone"), ParamGroup.Options.of(0.5, 0));
    private final ParamGroup predictor = new ParamGroup(List.of("predictor"), new ParamGroup.Options(0.5, 0, OptionalDouble.empty(), false, true));
    private final AtomicInteger iteration = new AtomicInteger(8);
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            Map.<String, Object>of("groups", List.of(backbone, predictor), "iteration", iteration.get(), "epochLength", 4).get(method.getName()));

    @BeforeEach
    void lower() {
        backbone.setRate(0.1);
        predictor.setRate(0.1);
    }

    private static Hook hook(boolean fixes, boolean byEpoch) {
        return new SimSiamHook.Factory().create(new SimSiamHook.Config(fixes, 0.5, byEpoch));
    }

    private void check(double expected) {
        assertEquals(0.1, backbone.rate());
        assertEquals(expected, predictor.rate());
    }

    @Test
    void theRateOfThePredictorIsSetBeforeEachEpoch() {
        hook(true, true).beforeTrainIter(run);
        check(0.1);
        hook(true, true).beforeTrainEpoch(run);
        check(0.5);
    }

    @Test
    void theRateOfThePredictorIsSetBeforeEachIteration() {
        hook(true, false).beforeTrainIter(run);
        check(0.5);
    }

    @Test
    void nothingIsSetWhereTheHookIsSwitchedOff() {
        hook(false, true).beforeTrainEpoch(run);
        hook(false, false).beforeTrainIter(run);
        check(0.1);
    }

    @Test
    void aRunResumedWithinAnEpochGoesOnWithTheRateThatItHad() {
        iteration.set(9);
        hook(true, true).beforeTrainEpoch(run);
        check(0.1);
    }

    @Test
    void aNegativeRateIsRefused() {
        assertEquals("lr must not be negative, not -0.5",
                assertThrows(IllegalArgumentException.class, () -> new SimSiamHook.Config(true, -0.5, true)).getMessage());
    }
}
