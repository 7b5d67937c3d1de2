package dev.selfsup.runtime.bench;

import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.random.RandomGenerator;

/** A part of an input pipeline and the CPU time that it has taken. */
final class Stage {
    private final String name;
    private final Transform transform;
    private long nanos;

    /**
     * A stage that has done nothing yet.
     *
     * @param name its type, indented where it is a part of another one
     */
    Stage(String name, Transform transform) {
        this.name = name;
        this.transform = transform;
    }

    String name() {
        return name;
    }

    /** CPU time so far, in nanoseconds. */
    long nanos() {
        return nanos;
    }

    /** Forgets the time so far. */
    void reset() {
        nanos = 0;
    }

    void apply(Sample sample, RandomGenerator random) {
        long start = Measured.cpu();
        transform.apply(sample, random);
        nanos += Measured.cpu() - start;
    }
}
