package __package__;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Weights;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** A run of four epochs on two weights, which are 3 and 4; their gradient is 0 and 2. */
class __Type__Test {
    private final Weights weights = new Weights(0);
    private final List<Object> told = new ArrayList<>();
    private int epoch;

    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            switch (method.getName()) {
                case "weights" -> weights;
                case "epoch" -> epoch;
                case "report", "print" -> {
                    told.add(arguments[0]);
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });

    @Test
    void lengthsAreThoseOfAllWeightsTogether() {
        train(4);
        assertEquals(List.of(Map.of("weight_norm", 5.0, "gradient_norm", 2.0), "epoch 4: weight norm 5.000, gradient norm 2.000"), told);
    }

    @Test
    void thereIsALineEveryIntervalEpochs() {
        train(2);
        assertEquals(List.of("epoch 2: weight norm 5.000, gradient norm 2.000", "epoch 4: weight norm 5.000, gradient norm 2.000"),
                told.stream().filter(String.class::isInstance).toList());
    }

    @Test
    void anIntervalThatIsNotPositiveIsRefused() {
        assertEquals("interval must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> new __Type__.Config(0)).getMessage());
    }

    private void train(int interval) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        graph.in("a").weight("weight", LayerType.NONE, Fill.ZEROS, 1);
        graph.in("b").weight("weight", LayerType.NONE, Fill.ZEROS, 1);
        weights.allocate();
        weights.flat().assign(Nd4j.createFromArray(3f, 4f));
        weights.gradient().assign(Nd4j.createFromArray(0f, 2f));
        Hook hook = new __Type__.Factory().create(new __Type__.Config(interval));
        for (epoch = 1; epoch <= 4; epoch++) {
            hook.afterTrainEpoch(run);
        }
    }
}
