package dev.selfsup.hook.checkpointhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** Saves checkpoints every so many epochs or iterations, and the best one by some figure. */
public final class CheckpointHook implements Hook {
    private static final String AUTO = "auto";

    /**
     * Options of the hook.
     *
     * @param interval epochs or iterations between checkpoints; -1 for none but the last
     * @param byEpoch whether intervals are epochs
     * @param saveOptimizer whether the optimizer's state is saved, without which a run cannot be resumed
     * @param saveParamScheduler accepted; the state of schedules goes with the optimizer's
     * @param maxKeepCkpts checkpoints kept, the newest; -1 for all
     * @param saveLast whether the end of the run is saved, whatever the interval
     * @param saveBest figures by each of which the best checkpoint is kept besides, as {@code accuracy/top1} or {@code knn}; {@code auto} for the first figure of
     *     validation; by default none is
     * @param rule what is better, greater or less: one rule for all figures, or one for each; by default the figure's name tells
     * @param greaterKeys names, or parts of names, of figures that are better if greater; by default those of accuracies and precisions
     * @param lessKeys names, or parts of names, of figures that are better if less; by default loss
     * @param priority order among hooks
     */
    public record Config(@Default("-1") int interval, @Default("true") boolean byEpoch, @Default("true") boolean saveOptimizer,
            @Default("true") boolean saveParamScheduler, @Default("-1") int maxKeepCkpts, @Default("true") boolean saveLast,
            Optional<List<String>> saveBest, Optional<List<Rule>> rule,
            @Default("[acc, top, AR@, auc, precision, mAP, mDice, mIoU, mAcc, aAcc, knn]") List<String> greaterKeys,
            @Default("[loss]") List<String> lessKeys, @Default("VERY_LOW") Priority priority) {
        public Config {
            check(interval == -1 || interval > 0, "interval must be positive, or -1 for none, not %d", interval);
            check(maxKeepCkpts == -1 || maxKeepCkpts > 0, "max_keep_ckpts must be positive, or -1 for all, not %d", maxKeepCkpts);
            List<String> keys = saveBest.orElse(List.of());
            check(keys.stream().allMatch(key -> key.matches("[A-Za-z0-9_./-]+")), "save_best must name figures, not %s", keys);
            check(new HashSet<>(keys).size() == keys.size() && (keys.size() == 1 || !keys.contains(AUTO)),
                    "save_best must name each figure once, and auto alone, not %s", keys);
            int rules = rule.map(List::size).orElse(1);
            check(rules == 1 || rules == keys.size(), "rule must be one rule, or one for each of the %d figures of save_best, not %d", keys.size(), rules);
            for (int i = 0; i < keys.size(); i++) {
                check(keys.get(i).equals(AUTO) || rule(rule, greaterKeys, lessKeys, i, keys.get(i)).isPresent(),
                        "rule must be given for save_best: %s, whose name does not tell whether greater or less is better", keys.get(i));
            }
        }

        /** What is better of a figure; empty where its name does not tell. */
        Optional<Rule> rule(int number, String key) {
            return rule(rule, greaterKeys, lessKeys, number, key);
        }

        private static Optional<Rule> rule(Optional<List<Rule>> given, List<String> greater, List<String> less, int number, String key) {
            return given.map(rules -> rules.get(Math.min(number, rules.size() - 1))).or(() -> Rule.of(key, greater, less));
        }
    }

    private final Config config;
    private final Map<String, Best> best = new LinkedHashMap<>();
    private String first = "";

    /** The best checkpoint by a figure so far. */
    private record Best(double value, int at) {}

    private CheckpointHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterValidation(Run run, Map<String, Double> figures) {
        first = figures.keySet().iterator().next();
    }

    @Override
    public void afterTrainIter(Run run) {
        if (config.byEpoch()) {
            return;
        }
        saveBest(run, run.iteration());
        boolean last = run.iteration() == run.maxIterations();
        if (due(run.iteration()) || last && config.saveLast()) {
            save(run, "iter_" + run.iteration());
        }
    }

    @Override
    public void afterTrainEpoch(Run run) {
        if (!config.byEpoch()) {
            return;
        }
        saveBest(run, run.epoch()); // first, so that the checkpoint after it knows of it
        boolean last = run.iteration() == run.maxIterations();
        if (due(run.epoch()) || last && config.saveLast()) {
            save(run, "epoch_" + run.epoch());
        }
    }

    private boolean due(int count) {
        return config.interval() > 0 && count % config.interval() == 0;
    }

    private void save(Run run, String tag) {
        run.save(tag, config.saveOptimizer());
        if (config.maxKeepCkpts() > 0) {
            run.prune(config.maxKeepCkpts());
        }
    }

    private void saveBest(Run run, int at) {
        List<String> keys = config.saveBest().orElse(List.of());
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i).equals(AUTO) ? first : keys.get(i);
            if (!key.isEmpty()) {
                saveBest(run, at, i, key);
            }
        }
    }

    private void saveBest(Run run, int at, int number, String key) {
        Rule rule = config.rule(number, key).orElseThrow(() -> new UsageException("default_hooks.checkpoint.rule: must be given for save_best: auto, as the name of "
                + key + " does not tell whether greater or less is better"));
        double value = run.latest(key);
        Best before = best.get(key);
        if (Double.isNaN(value) || before != null && !rule.better(value, before.value())) {
            return;
        }
        best.put(key, new Best(value, at));
        run.save(tag(key, at), config.saveOptimizer());
        if (before != null && before.at() != at) {
            run.remove(tag(key, before.at()));
        }
    }

    private String tag(String key, int at) {
        return "best_" + key.replaceAll("[^A-Za-z0-9_-]", "_") + (config.byEpoch() ? "_epoch_" : "_iter_") + at;
    }

    @Override
    public State state() {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        best.forEach((key, value) -> numbers.put(key, new double[] {value.value(), value.at()}));
        return State.of(numbers);
    }

    @Override
    public void restore(State state) {
        state.numbers().forEach((key, value) -> best.put(key, new Best(value[0], (int) value[1])));
    }

    /** {@code CheckpointHook}. */
    @Component
    @TypeName(kind = "hook", name = "CheckpointHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new CheckpointHook(config);
        }
    }
}
