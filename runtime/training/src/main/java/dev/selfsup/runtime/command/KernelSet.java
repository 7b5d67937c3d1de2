package dev.selfsup.runtime.command;

import dev.selfsup.engine.HostUpdates;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Updates;

/** The choice of {@code --kernels}. */
public enum KernelSet {
    /** Plain ND4J operations, which run on every backend. */
    PLAIN {
        @Override
        public Kernels kernels() {
            return Kernels.PLAIN;
        }

        @Override
        public Updates updates() {
            return new PlainUpdates();
        }
    },
    /** The fastest that this machine has. */
    FAST {
        @Override
        public Kernels kernels() {
            return Kernels.fastest();
        }

        @Override
        public Updates updates() {
            return Kernels.fastest() == Kernels.PLAIN ? new PlainUpdates() : new HostUpdates(Runtime.getRuntime().availableProcessors());
        }
    };

    /** What computes the operations of a plan. */
    public abstract Kernels kernels();

    /** What passes over weights. */
    public abstract Updates updates();

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
