package dev.selfsup.hook.collapsehook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Warns when the features collapse, the failure of self-supervised methods that a falling loss does not show: all images get the same feature, or features of a few
 * directions only. After every epoch the figures {@code feature_std} and {@code effective_rank} are logged, see {@link Spread}, and a line is printed when one of them falls below
 * its limit. Every run has this hook as {@code default_hooks.collapse}, of which {@code null} makes it go away.
 *
 * <p>It looks at the features that another hook, as KnnHook, has computed in the epoch, the largest set of them; where there are none, at those of the images of the last batch.
 */
public final class CollapseHook implements Hook {
    /**
     * Options of the alarm.
     *
     * @param images images whose features are compared, at most; in a batch or what other hooks look at there may be fewer
     * @param minStd limit of {@code feature_std}
     * @param minRank limit of {@code effective_rank}
     * @param interval epochs between measurements; the last epoch is always measured
     * @param priority order among hooks: after those whose features it looks at
     */
    public record Config(@Default("256") int images, @Default("0.02") double minStd, @Default("1.5") double minRank, @Default("1") int interval,
            @Default("LOW") Priority priority) {
        public Config {
            check(images > 1, "images must be at least 2, not %d", images);
            check(minStd >= 0 && minStd < 1, "min_std must be at least 0 and below 1, not %s", minStd);
            check(minRank >= 0, "min_rank must not be negative, not %s", minRank);
            check(interval > 0, "interval must be positive, not %d", interval);
        }
    }

    private final Config config;
    private Features seen;
    /** How the features are spread at the end of an epoch; null before. */
    private Spread spread;
    private boolean collapsed;
    private boolean off;

    private CollapseHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterFeatures(Run run, Features features) {
        if (seen == null || features.rows().length >= seen.rows().length) {
            seen = features;
        }
    }

    /** The untrained network, where another hook has looked at it. */
    @Override
    public void beforeTrain(Run run) {
        if (run.iteration() == 0 && seen != null) {
            report(run, Spread.of(seen.rows(), config.images()));
        }
    }

    @Override
    public void beforeTrainEpoch(Run run) {
        seen = null;
    }

    /** Looks at the last batch of an epoch before a checkpoint may be made of it: a run that goes on from there has no batch when the epoch ends. */
    @Override
    public void afterTrainIter(Run run) {
        boolean last = run.iteration() % run.epochLength() == 0 || run.iteration() == run.maxIterations();
        if (last && run.samples().size() > 1 && !off) {
            look(run);
            keep();
        }
    }

    private void keep() {
        if (seen != null && seen.rows().length > 1) {
            spread = Spread.of(seen.rows(), config.images());
        }
    }

    @Override
    public void afterTrainEpoch(Run run) {
        if (seen == null && spread == null && run.samples().size() > 1 && !off) {
            look(run);
        }
        keep();
        seen = null;
        if (spread != null && (run.epoch() % config.interval() == 0 || run.iteration() >= run.maxIterations())) {
            report(run, spread);
            watch(run, spread);
        }
        spread = null;
    }

    /** Where the network gives no features of the batch's images the run goes on without the alarm. */
    private void look(Run run) {
        try {
            run.features(new LastBatch(run.samples()));
        } catch (UsageException e) {
            off = true;
            run.print("the collapse alarm is off, as features of the last batch cannot be computed: " + e.getMessage());
        }
    }

    private static void report(Run run, Spread spread) {
        run.report(Map.of("feature_std", spread.deviation(), "effective_rank", spread.rank()));
    }

    /** Warns when the features are collapsed and were not before. */
    private void watch(Run run, Spread spread) {
        boolean before = collapsed;
        collapsed = spread.deviation() < config.minStd() || spread.rank() < config.minRank();
        if (collapsed && !before) {
            run.print(String.format(Locale.ROOT, "warning: the features collapse (epoch %d): standard deviation %.4f (limit %s, 1 if spread evenly), effective rank %.2f (limit %s) of %d"
                    + " features. Images are hardly told apart: lower optim_wrapper.optimizer.lr or weight_decay, or look at what keeps the method from this (negatives, predictor, momentum,"
                    + " normalisation)", run.epoch(), spread.deviation(), config.minStd(), spread.rank(), config.minRank(), spread.features()));
        }
    }

    @Override
    public State state() {
        Map<String, double[]> numbers = new HashMap<>(Map.of("collapsed", new double[] {collapsed ? 1 : 0}));
        if (spread != null) {
            numbers.put("spread", new double[] {spread.deviation(), spread.rank(), spread.features()});
        }
        return State.of(numbers);
    }

    @Override
    public void restore(State state) {
        collapsed = state.number("collapsed", 0) == 1;
        double[] kept = state.numbers().get("spread");
        spread = kept == null ? null : new Spread(kept[0], kept[1], (int) kept[2]);
    }

    /** {@code CollapseHook}. */
    @Component
    @TypeName(kind = "hook", name = "CollapseHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new CollapseHook(config);
        }
    }
}
