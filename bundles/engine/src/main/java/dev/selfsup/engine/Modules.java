package dev.selfsup.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SameDiff;

/** The module of every operation of a graph, for messages and counts: the innermost one that was being built when the operation was added. */
final class Modules {
    private final SameDiff sd;
    private final Map<String, String> paths = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();                         // the innermost first

    Modules(SameDiff sd) {
        this.sd = sd;
    }

    /** The path of an operation's module, empty outside of all. */
    String of(String operation) {
        own();
        return paths.getOrDefault(operation, "");
    }

    /** Builds something whose operations belong to a module, but for those of modules within. */
    <T> T within(String module, Supplier<T> building) {
        own();
        open.push(module);
        try {
            return building.get();
        } finally {
            own();
            open.pop();
        }
    }

    /** Gives the operations that were added since the last time to the innermost module that is being built. */
    private void own() {
        if (paths.size() < sd.getOps().size()) {
            String module = open.isEmpty() ? "" : open.peek();
            sd.getOps().keySet().stream().skip(paths.size()).forEach(op -> paths.put(op, module));
        }
    }
}
