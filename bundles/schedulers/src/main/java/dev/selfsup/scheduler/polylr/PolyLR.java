package dev.selfsup.scheduler.polylr;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/** Lowers the rate along a power of the steps that remain. */
public final class PolyLR implements Scheduler {
    private final Span span;
    private final double power;
    private final double etaMin;
    private final OptionalDouble etaMinRatio;

    /**
     * The keys in a config.
     *
     * @param power exponent; 1 lowers the rate in equal steps
     * @param etaMin lowest rate; 0 by default
     * @param etaMinRatio lowest rate as a multiple of the initial one, instead of {@code eta_min}
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            @Default("1.0") double power,
            Optional<Double> etaMin,
            Optional<Double> etaMinRatio,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            Check.check(etaMin.isEmpty() || etaMinRatio.isEmpty(), "eta_min and eta_min_ratio must not both be given");
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public PolyLR(Config config) {
        this(config.span(), config.power(), config.etaMin().orElse(0.0),
                config.etaMinRatio().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private PolyLR(Span span, double power, double etaMin, OptionalDouble etaMinRatio) {
        this.span = span;
        this.power = power;
        this.etaMin = etaMin;
        this.etaMinRatio = etaMinRatio;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased() ? new PolyLR(span.inIterations(epochLength), power, etaMin, etaMinRatio) : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        if (index == 0) {
            return rate;
        }
        double lowest = etaMinRatio.isPresent() ? initialRate * etaMinRatio.getAsDouble() : etaMin;
        int left = span.length() - index; // this step included
        return (rate - lowest) * Math.pow(1 - 1.0 / left, power) + lowest;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "PolyLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new PolyLR(config);
        }
    }
}
