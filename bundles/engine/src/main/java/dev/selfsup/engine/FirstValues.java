package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules for first values, {@code init_cfg}, of a module and of those around it.
 *
 * @param scopes of the rules, outermost first
 */
record FirstValues(List<Scope> scopes) {
    /** No rules: layers choose. */
    static final FirstValues NONE = new FirstValues(List.of());

    /**
     * Rules of one module, which reach all weights below it.
     *
     * @param path of the module
     * @param rules the last that fits counts
     */
    record Scope(String path, List<Initialization> rules) {
        private Fill fill(Initialization rule, Place place) {
            return rule.fill(weight(place)).orElse(null);
        }

        private Initialization.Weight weight(Place place) {
            String relative = place.module.substring(Math.min(place.module.length(), path.isEmpty() ? 0 : path.length() + 1));
            return new Initialization.Weight(relative, place.name, place.layer, place.shape);
        }
    }

    /** A weight or buffer of the module at a path. */
    record Place(String module, String name, LayerType layer, long... shape) {}

    /**
     * How a place begins.
     *
     * @param fill its first value
     * @param loaded whether that comes from pretrained weights
     */
    record Choice(Fill fill, boolean loaded) {}

    /** These rules, and those of a module inside. */
    FirstValues and(String path, List<? extends Initialization> rules) {
        List<Scope> all = new ArrayList<>(scopes);
        all.add(new Scope(path, List.copyOf(rules)));
        return new FirstValues(List.copyOf(all));
    }

    /** The first rule that loads weights, if any does. */
    Initialization loading() {
        return scopes.stream().flatMap(scope -> scope.rules.stream()).filter(Initialization::loads).findFirst().orElse(null);
    }

    /**
     * The first value of a weight: what the innermost rule says, unless one around it overrides those inside.
     *
     * @param first what its layer says
     */
    Choice weight(Place place, Fill first) {
        Fill fill = first;
        Fill overriding = null;
        boolean loaded = false;
        for (Scope scope : scopes) {
            boolean overridden = overriding != null;
            for (Initialization rule : scope.rules) {
                Fill found = scope.fill(rule, place);
                loaded |= found != null && rule.loads();
                if (found != null && !rule.overridesInner()) {
                    fill = found;
                } else if (found != null && !overridden) {
                    overriding = found;
                }
            }
        }
        return new Choice(overriding == null ? scaled(place, fill) : overriding, loaded);
    }

    private Fill scaled(Place place, Fill fill) {
        double factor = 1;
        for (Scope scope : scopes) {
            for (Initialization rule : scope.rules) {
                factor *= rule.factor(scope.weight(place));
            }
        }
        return factor == 1 ? fill : fill.times(factor);
    }

    /** The first value of a buffer: that of pretrained weights where there are some; other rules do not mean buffers. */
    Choice buffer(Place place, Fill first) {
        for (Scope scope : scopes) {
            Fill fill = null;
            boolean loaded = false;
            for (Initialization rule : scope.rules) {
                Fill found = rule.overridesInner() ? scope.fill(rule, place) : null;
                fill = found == null ? fill : found;
                loaded |= found != null && rule.loads();
            }
            if (fill != null) {
                return new Choice(fill, loaded);
            }
        }
        return new Choice(first, false);
    }
}
