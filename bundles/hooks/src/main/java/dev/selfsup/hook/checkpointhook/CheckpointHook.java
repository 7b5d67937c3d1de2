package dev.selfsup.hook.checkpointhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** Saves checkpoints every so many epochs or iterations, and the best one by some figure. */
public final class CheckpointHook implements Hook {
    /** What makes a figure better. */
    public enum Rule {
        GREATER,
        LESS
    }

    /**
     * Options of the hook.
     *
     * @param interval epochs or iterations between checkpoints; -1 for none but the last
     * @param byEpoch whether intervals are epochs
     * @param saveOptimizer whether the optimizer's state is saved, without which a run cannot be resumed
     * @param saveParamScheduler accepted; the state of schedules goes with the optimizer's
     * @param maxKeepCkpts checkpoints kept, the newest; -1 for all
     * @param saveLast whether the end of the run is saved, whatever the interval
     * @param saveBest figure by which the best checkpoint is kept besides, as {@code knn}; by default none is
     * @param rule what is better; by default less for figures with loss in their name, else greater
     * @param priority order among hooks
     */
    public record Config(@Default("-1") int interval, @Default("true") boolean byEpoch, @Default("true") boolean saveOptimizer,
            @Default("true") boolean saveParamScheduler, @Default("-1") int maxKeepCkpts, @Default("true") boolean saveLast,
            Optional<String> saveBest, Optional<Rule> rule, @Default("VERY_LOW") Priority priority) {
        public Config {
            check(interval == -1 || interval > 0, "interval must be positive, or -1 for none, not %d", interval);
            check(maxKeepCkpts == -1 || maxKeepCkpts > 0, "max_keep_ckpts must be positive, or -1 for all, not %d", maxKeepCkpts);
            check(saveBest.stream().allMatch(key -> key.matches("[A-Za-z0-9_./-]+")), "save_best must name a figure, not '%s'", saveBest.orElse(""));
        }
    }

    private final Config config;
    private double best = Double.NaN;
    private double bestAt = -1;

    private CheckpointHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterTrainIter(Run run) {
        boolean last = run.iteration() == run.maxIterations();
        if (!config.byEpoch() && (due(run.iteration()) || last && config.saveLast())) {
            save(run, "iter_" + run.iteration());
        }
    }

    @Override
    public void afterTrainEpoch(Run run) {
        boolean last = run.iteration() == run.maxIterations();
        // The best one first, so that the checkpoint after it knows of it.
        config.saveBest().ifPresent(key -> saveBest(run, key));
        if (config.byEpoch() && (due(run.epoch()) || last && config.saveLast())) {
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

    private void saveBest(Run run, String key) {
        double value = run.latest(key);
        boolean less = config.rule().orElse(key.contains("loss") ? Rule.LESS : Rule.GREATER) == Rule.LESS;
        if (Double.isNaN(value) || !Double.isNaN(best) && (less ? value >= best : value <= best)) {
            return;
        }
        String before = bestTag(key);
        best = value;
        bestAt = run.epoch();
        run.save(bestTag(key), config.saveOptimizer());
        if (!before.equals(bestTag(key))) {
            run.remove(before);
        }
    }

    private String bestTag(String key) {
        return "best_" + key.replaceAll("[^A-Za-z0-9_-]", "_") + "_epoch_" + (int) bestAt;
    }

    @Override
    public State state() {
        return State.of(Map.of("best", new double[] {best}, "best_at", new double[] {bestAt}));
    }

    @Override
    public void restore(State state) {
        best = state.number("best", Double.NaN);
        bestAt = state.number("best_at", -1);
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
