package dev.selfsup.scheduler.cosineannealinglr;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Key;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/**
 * Lowers the rate along half a period of a cosine (SGDR, Loshchilov and Hutter, ICLR 2017, without restarts). After
 * {@code T_max} steps the rate rises again.
 */
public final class CosineAnnealingLR implements Scheduler {
    private final Span span;
    private final int tMax;
    private final double etaMin;
    private final OptionalDouble etaMinRatio;

    /**
     * The keys in a config.
     *
     * @param tMax steps from the initial rate to the lowest; by default {@code end - begin}
     * @param etaMin lowest rate; 0 by default
     * @param etaMinRatio lowest rate as a multiple of the initial one, instead of {@code eta_min}
     * @param begin first step at which it acts
     * @param end step after the last one; 1e9 means that there is none
     * @param byEpoch whether a step is an epoch rather than an iteration
     * @param convertToIterBased whether times are given in epochs and the rate changes every iteration
     * @param lastStep index of the step before the first one
     */
    public record Config(
            @Key("T_max") Optional<Integer> tMax,
            Optional<Double> etaMin,
            Optional<Double> etaMinRatio,
            @Default("0") int begin,
            @Default("1000000000") int end,
            @Default("true") boolean byEpoch,
            @Default("false") boolean convertToIterBased,
            @Default("-1") int lastStep) {
        /** Checks the values. */
        public Config {
            Check.check(tMax.orElse(1) > 0, "T_max must be positive, not %s", tMax.orElse(1));
            Check.check(etaMin.isEmpty() || etaMinRatio.isEmpty(), "eta_min and eta_min_ratio must not both be given");
            new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }

        Span span() {
            return new Span(begin, end, byEpoch, convertToIterBased, lastStep);
        }
    }

    /** The schedule of a config. */
    public CosineAnnealingLR(Config config) {
        this(config.span(), config.tMax().orElse(config.end() - config.begin()), config.etaMin().orElse(0.0),
                config.etaMinRatio().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private CosineAnnealingLR(Span span, int tMax, double etaMin, OptionalDouble etaMinRatio) {
        this.span = span;
        this.tMax = tMax;
        this.etaMin = etaMin;
        this.etaMinRatio = etaMinRatio;
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public Scheduler inIterations(int epochLength) {
        return span.convertToIterBased()
                ? new CosineAnnealingLR(span.inIterations(epochLength), tMax * epochLength, etaMin, etaMinRatio)
                : this;
    }

    @Override
    public double rate(int index, double rate, double initialRate) {
        if (index == 0) {
            return rate;
        }
        double lowest = etaMinRatio.isPresent() ? initialRate * etaMinRatio.getAsDouble() : etaMin;
        if ((index - 1 - tMax) % (2 * tMax) == 0) {
            return rate + (initialRate - lowest) * (1 - Math.cos(Math.PI / tMax)) / 2;
        }
        double now = 1 + Math.cos(Math.PI * index / tMax);
        double before = 1 + Math.cos(Math.PI * (index - 1) / tMax);
        return now / before * (rate - lowest) + lowest;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "param_scheduler", name = "CosineAnnealingLR", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Scheduler, Config> {
        @Override
        public Scheduler create(Config config) {
            return new CosineAnnealingLR(config);
        }
    }
}
