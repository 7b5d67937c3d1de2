package dev.selfsup.scheduler.multisteplr;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import java.util.Collections;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Multiplies the rate by gamma at each of some steps. */
public final class MultiStepLR implements Scheduler {
    private final Span span;
    private final List<Integer> milestones;
    private final double gamma;

    /**
     * The keys in a config.
     *
     * @param milestones the steps, counted from {@code begin}; one given twice counts twice
     * @param gamma what the rate is multiplied by
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            List<Integer> milestones,
            @Default("0.1") double gamma,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            milestones = List.copyOf(milestones);
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public MultiStepLR(Config config) {
        this(config.span(), config.milestones(), config.gamma());
    }

    private MultiStepLR(Span span, List<Integer> milestones, double gamma) {
        this.span = span;
        this.milestones = milestones;
        this.gamma = gamma;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased()
                ? new MultiStepLR(span.inIterations(epochLength), milestones.stream().map(m -> m * epochLength).toList(), gamma)
                : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        int times = Collections.frequency(milestones, index);
        return times == 0 ? rate : rate * Math.pow(gamma, times);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "MultiStepLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new MultiStepLR(config);
        }
    }
}
