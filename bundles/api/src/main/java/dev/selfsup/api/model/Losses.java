package dev.selfsup.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/** The named results of a loss call. Those whose name contains {@code loss} are summed and differentiated, the others logged. */
public final class Losses {
    private final Map<String, SDVariable> entries = new LinkedHashMap<>();

    private Losses() {}

    /** One loss. */
    public static Losses of(String name, SDVariable value) {
        return none().and(name, value);
    }

    /** No loss yet. */
    public static Losses none() {
        return new Losses();
    }

    /** Adds a loss or a figure to be logged. */
    public Losses and(String name, SDVariable value) {
        entries.put(name, value);
        return this;
    }

    /** Values by name. */
    public Map<String, SDVariable> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** The sum of all losses, a scalar. */
    public SDVariable total() {
        return entries.entrySet().stream().filter(e -> e.getKey().contains("loss")).map(Map.Entry::getValue)
                .reduce(SDVariable::add).orElseThrow(() -> new IllegalStateException("no loss among " + entries.keySet()));
    }
}
