package dev.selfsup.runtime.command;

import dev.selfsup.engine.HostUpdates;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Updates;

/** The choice of {@code --kernels}. */
enum KernelSet {
    /** Plain ND4J operations, which run on every backend. */
    PLAIN {
        @Override
        Kernels kernels() {
            return Kernels.PLAIN;
        }

        @Override
        Updates updates() {
            return new PlainUpdates();
        }
    },
    /** The fastest that this machine has. */
    FAST {
        @Override
        Kernels kernels() {
            return Kernels.fastest();
        }

        @Override
        Updates updates() {
            return Kernels.fastest() == Kernels.PLAIN ? new PlainUpdates() : new HostUpdates(Runtime.getRuntime().availableProcessors());
        }
    };

    abstract Kernels kernels();

    abstract Updates updates();

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
