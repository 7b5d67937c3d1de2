package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Weights;
import dev.selfsup.hook.swavhook.SwAVHook;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The hook on a model of two weights, epochs of three iterations. */
class SwAVHookTest {
    private static final String QUEUE = "head.loss.queue";

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);
    private final List<Object> frozen = new ArrayList<>();
    private int iteration;
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) -> {
        if (method.getName().equals("freeze")) {
            frozen.add(arguments[0]);
            return null;
        }
        return Map.<String, Object>of("weights", weights, "iteration", iteration, "epochLength", 3).get(method.getName());
    });

    @Test
    void theQueueIsAsLongAsWholeBatchesAre() {
        begin(hook(4, 0, 14, Map.of()), "head.loss.prototypes.weight");
        assertArrayEquals(new long[] {2, 12, 5}, weights.array(QUEUE).shape());
    }

    @Test
    void withoutALengthThereIsNoQueue() {
        begin(hook(4, 0, 0, Map.of()), "head.loss.prototypes.weight");
        assertFalse(weights.state().containsKey(QUEUE));
    }

    @Test
    void untilItsEpochTheQueueIsEmptyBeforeEveryIteration() {
        Hook hook = hook(4, 2, 8, Map.of());
        begin(hook, "head.loss.prototypes.weight");
        for (iteration = 0; iteration < 9; iteration++) {
            hook.beforeTrainIter(run);
            assertEquals(iteration <= 6 ? 0 : iteration - 1, weights.array(QUEUE).getDouble(1, 7, 4), "iteration " + iteration);
            weights.array(QUEUE).assign(iteration);
        }
    }

    @Test
    void layersAreFrozenForTheirIterationsAlsoWhenARunIsResumed() {
        Hook hook = hook(4, 0, 0, Map.of("prototypes", 4, "neck", 2));
        begin(hook, "head.loss.prototypes.weight", "neck.fc.weight", "backbone.conv.weight");
        for (iteration = 0; iteration < 6; iteration++) {
            hook.beforeTrainIter(run);
        }
        assertEquals(List.of(Set.of("head.loss.prototypes.weight", "neck.fc.weight"), Set.of("head.loss.prototypes.weight"), Set.of()), frozen);
        frozen.clear();
        iteration = 3;
        hook(4, 0, 0, Map.of("prototypes", 4)).beforeTrainIter(run);
        assertEquals(List.of(Set.of("head.loss.prototypes.weight")), frozen);
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("queue_length must be 0, for no queue, or at least batch_size, 4, not 3",
                assertThrows(IllegalArgumentException.class, () -> hook(4, 0, 3, Map.of())).getMessage());
        assertEquals("batch_size must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> hook(0, 0, 0, Map.of())).getMessage());
        assertEquals("SwAVHook serves SwAVLoss, but the model has no weights head.loss.prototypes.*: set model.head.loss to SwAVLoss, or remove the hook from"
                + " custom_hooks", assertThrows(UsageException.class, () -> begin(hook(4, 0, 0, Map.of()), "fc.weight")).getMessage());
    }

    @Test
    void aLayerThatIsNotThereIsNamed() {
        assertEquals("SwAVHook: frozen_layers_cfg names protoypes, but no trained weight has that in its name", assertThrows(UsageException.class,
                () -> begin(hook(4, 0, 0, Map.of("protoypes", 7)), "head.loss.prototypes.weight")).getMessage());
    }

    private static Hook hook(int batch, int epoch, int length, Map<String, Integer> frozenLayers) {
        return new SwAVHook.Factory().create(new SwAVHook.Config(batch, epoch, List.of(0, 1), 5, length, 1, frozenLayers, Priority.NORMAL));
    }

    private void begin(Hook hook, String... names) {
        hook.beforeModel(graph);
        for (String name : names) {
            graph.weight(name, LayerType.NONE, Fill.ONES, 2);
        }
        weights.allocate();
        hook.beforeTrain(run);
    }
}
