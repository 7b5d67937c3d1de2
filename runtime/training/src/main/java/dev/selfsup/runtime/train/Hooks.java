package dev.selfsup.runtime.train;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The hooks of a run in the order in which they are called, each under a name of its own. */
final class Hooks {
    private final Map<String, Hook> named = new LinkedHashMap<>();

    Hooks(LossCurve curve, List<Hook> hooks) {
        named.put(curve.name(), curve);
        for (Hook hook : hooks) {
            String name = hook.name();
            for (int i = 2; named.containsKey(name); i++) {
                name = hook.name() + i;
            }
            named.put(name, hook);
        }
    }

    Map<String, Hook> named() {
        return named;
    }

    /** Calls all hooks at one point. */
    void at(BiConsumer<Hook, Run> point, Run run) {
        named.values().forEach(hook -> point.accept(hook, run));
    }
}
