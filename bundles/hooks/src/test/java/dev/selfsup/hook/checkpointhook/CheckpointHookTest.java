package dev.selfsup.hook.checkpointhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which checkpoint is kept as the best. */
class CheckpointHookTest {
    private static final List<String> GREATER = List.of("acc", "top", "knn");
    private static final List<String> LESS = List.of("loss");

    private final List<String> files = new ArrayList<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private int epoch;

    /** A run that notes what is saved and removed. */
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, args) -> switch (method.getName()) {
        case "latest" -> figures.getOrDefault((String) args[0], Double.NaN);
        case "save" -> files.add((String) args[0]);
        case "remove" -> files.remove(args[0]);
        case "epoch" -> epoch;
        case "iteration" -> 10 * epoch;
        case "maxIterations" -> 1000;
        default -> throw new IllegalStateException(method.getName());
    });

    @Test
    void theBestAccuracyReplacesTheOneBefore() {
        Hook hook = hook(Optional.of(List.of("accuracy/top1")), Optional.empty());
        assertEquals(List.of("best_accuracy_top1_epoch_1"), after(hook, "accuracy/top1", 40));
        assertEquals(List.of("best_accuracy_top1_epoch_1"), after(hook, "accuracy/top1", 40));
        assertEquals(List.of("best_accuracy_top1_epoch_3"), after(hook, "accuracy/top1", 41));
        assertEquals(List.of("best_accuracy_top1_epoch_3"), after(hook, "accuracy/top1", 12));
    }

    @Test
    void aRuleOfItsOwnTurnsTheOrder() {
        Hook hook = hook(Optional.of(List.of("accuracy/top1")), Optional.of(List.of(Rule.LESS)));
        after(hook, "accuracy/top1", 40);
        assertEquals(List.of("best_accuracy_top1_epoch_2"), after(hook, "accuracy/top1", 30));
    }

    @Test
    void autoIsTheFirstFigureOfValidationAndALossIsBetterIfLess() {
        Hook hook = hook(Optional.of(List.of("auto")), Optional.empty());
        assertEquals(List.of(), after(hook, "knn", 0.5));
        hook.afterValidation(run, new LinkedHashMap<>(Map.of("val_loss", 2.0)));
        after(hook, "val_loss", 2);
        assertEquals(List.of("best_val_loss_epoch_3"), after(hook, "val_loss", 1));
    }

    @Test
    void everyFigureHasABestOfItsOwnThatSurvivesResuming() {
        Optional<List<String>> both = Optional.of(List.of("knn", "loss"));
        Hook hook = hook(both, Optional.empty());
        figures.put("loss", 3.0);
        assertEquals(List.of("best_knn_epoch_1", "best_loss_epoch_1"), after(hook, "knn", 0.5));
        Hook resumed = hook(both, Optional.empty());
        resumed.restore(hook.state());
        figures.put("loss", 4.0);
        assertEquals(List.of("best_loss_epoch_1", "best_knn_epoch_2"), after(resumed, "knn", 0.6));
    }

    @Test
    void wrongOptionsAreRefused() {
        assertEquals("rule must be given for save_best: depth, whose name does not tell whether greater or less is better",
                mistake(Optional.of(List.of("depth")), Optional.empty()));
        assertEquals("save_best must name each figure once, and auto alone, not [auto, knn]", mistake(Optional.of(List.of("auto", "knn")), Optional.empty()));
        assertEquals("rule must be one rule, or one for each of the 1 figures of save_best, not 2",
                mistake(Optional.of(List.of("knn")), Optional.of(List.of(Rule.LESS, Rule.LESS))));
    }

    private List<String> after(Hook hook, String figure, double value) {
        epoch++;
        figures.put(figure, value);
        hook.afterTrainEpoch(run);
        return files;
    }

    private static String mistake(Optional<List<String>> best, Optional<List<Rule>> rule) {
        return assertThrows(IllegalArgumentException.class, () -> hook(best, rule)).getMessage();
    }

    private static Hook hook(Optional<List<String>> best, Optional<List<Rule>> rule) {
        return new CheckpointHook.Factory().create(new CheckpointHook.Config(-1, true, true, true, -1, false, best, rule, GREATER, LESS, Priority.VERY_LOW));
    }
}
