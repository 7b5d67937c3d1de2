package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

/** How the weights of a momentum encoder follow others: {@code average = (1 - share) average + share weight}. The first update is a copy. */
public sealed interface MovingAverage {
    /**
     * The share of the newest weights in an update.
     *
     * @param steps updates before this one, at least 1
     * @param iterations of the whole run
     */
    double share(long steps, long iterations);

    /** Steps from one update to the next. */
    int interval();

    /**
     * An average whose share stays as it is, as in MoCo.
     *
     * @param momentum the share of the newest weights, above 0 and below 1: 0.001 where the average is said to have a momentum of 0.999
     * @param interval steps from one update to the next
     */
    record ExponentialMovingAverage(double momentum, int interval) implements MovingAverage {
        public ExponentialMovingAverage {
            check(momentum > 0 && momentum < 1, "the share of the newest weights must be above 0 and below 1, not %s", momentum);
            check(interval > 0, "interval must be positive, not %d", interval);
        }

        /** An update in every step. */
        public ExponentialMovingAverage(double momentum) {
            this(momentum, 1);
        }

        @Override
        public double share(long steps, long iterations) {
            return momentum;
        }
    }

    /**
     * An average that slows down along a cosine over the run, as in BYOL: {@code 1 - share = end - (end - momentum) (cos(pi steps / iterations) + 1) / 2}.
     *
     * @param momentum the share of the average itself at first, above 0 and below 1
     * @param endMomentum the share of the average itself in the end, from 0 to 1
     * @param interval steps from one update to the next
     */
    record CosineEMA(double momentum, double endMomentum, int interval) implements MovingAverage {
        public CosineEMA {
            check(momentum > 0 && momentum < 1, "base_momentum must be above 0 and below 1, not %s", momentum);
            check(endMomentum >= 0 && endMomentum <= 1, "end_momentum must be from 0 to 1, not %s", endMomentum);
            check(interval > 0, "interval must be positive, not %d", interval);
        }

        /** An update in every step, to a standstill. */
        public CosineEMA(double momentum) {
            this(momentum, 1, 1);
        }

        @Override
        public double share(long steps, long iterations) {
            if (iterations <= 0) {
                throw new IllegalStateException("a cosine average goes over the iterations of a run, and this graph serves none");
            }
            return 1 - (endMomentum - (endMomentum - momentum) * (Math.cos(Math.PI * steps / iterations) + 1) / 2);
        }
    }
}
