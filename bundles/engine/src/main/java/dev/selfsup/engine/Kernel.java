package dev.selfsup.engine;

/**
 * A prepared computation between fixed arrays. It allocates nothing when run and holds references to all native memory
 * that it touches.
 */
@FunctionalInterface
public interface Kernel {
    /** Computes the outputs from the inputs. */
    void run();

    /** How often a run brings an array from one layout into another. */
    default int reorders() {
        return 0;
    }
}
