package dev.selfsup.scheduler.steplr;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import org.osgi.service.component.annotations.Component;

/** Multiplies the rate by gamma every so many steps. */
public final class StepLR implements Scheduler {
    private final Span span;
    private final int stepSize;
    private final double gamma;

    /**
     * The keys in a config.
     *
     * @param stepSize steps between two changes
     * @param gamma what the rate is multiplied by
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            int stepSize,
            @Default("0.1") double gamma,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            Check.check(stepSize > 0, "step_size must be positive, not %d", stepSize);
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public StepLR(Config config) {
        this(config.span(), config.stepSize(), config.gamma());
    }

    private StepLR(Span span, int stepSize, double gamma) {
        this.span = span;
        this.stepSize = stepSize;
        this.gamma = gamma;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased() ? new StepLR(span.inIterations(epochLength), stepSize * epochLength, gamma) : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        return index == 0 || index % stepSize != 0 ? rate : rate * gamma;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "StepLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new StepLR(config);
        }
    }
}
