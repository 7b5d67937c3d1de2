package dev.selfsup.scheduler.constantlr;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import org.osgi.service.component.annotations.Component;

/** Multiplies the rate by a factor at its first step and divides it again at its last: a flat warm-up. */
public final class ConstantLR implements Scheduler {
    private final Span span;
    private final double factor;

    /**
     * The keys in a config.
     *
     * @param factor what the rate is multiplied by, 0 to 1
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            @Default("0.3333333333333333") double factor,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            Check.check(factor >= 0 && factor <= 1, "factor must lie between 0 and 1, not %s", factor);
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public ConstantLR(Config config) {
        this(config.span(), config.factor());
    }

    private ConstantLR(Span span, double factor) {
        this.span = span;
        this.factor = factor;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased() ? new ConstantLR(span.inIterations(epochLength), factor) : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        if (index == 0) {
            return rate * factor;
        }
        return index == span.length() - 1 ? rate * (1 / factor) : rate;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "ConstantLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new ConstantLR(config);
        }
    }
}
