package dev.selfsup.scheduler.linearlr;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import org.osgi.service.component.annotations.Component;

/** Moves the rate in equal steps from one multiple of it to another: the usual warm-up. */
public final class LinearLR implements Scheduler {
    private final Span span;
    private final double startFactor;
    private final double endFactor;

    /**
     * The keys in a config.
     *
     * @param startFactor multiple at the first step, 0 to 1
     * @param endFactor multiple at the last step, 0 to 1
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            @Default("0.3333333333333333") double startFactor,
            @Default("1.0") double endFactor,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            Check.check(startFactor >= 0 && startFactor <= 1, "start_factor must lie between 0 and 1, not %s", startFactor);
            Check.check(endFactor >= 0 && endFactor <= 1, "end_factor must lie between 0 and 1, not %s", endFactor);
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public LinearLR(Config config) {
        this(config.span(), config.startFactor(), config.endFactor());
    }

    private LinearLR(Span span, double startFactor, double endFactor) {
        this.span = span;
        this.startFactor = startFactor;
        this.endFactor = endFactor;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased() ? new LinearLR(span.inIterations(epochLength), startFactor, endFactor) : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        if (index == 0) {
            return rate * startFactor;
        }
        int last = span.length() - 1;
        return rate * (1 + (endFactor - startFactor) / (last * startFactor + (index - 1) * (endFactor - startFactor)));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "LinearLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new LinearLR(config);
        }
    }
}
