package dev.selfsup.pickle;

import java.util.List;

/**
 * A tuple.
 *
 * @param items its elements; null is Python's None
 */
public record Tuple(List<Object> items) {
    @Override
    public String toString() {
        return "a tuple of " + items.size();
    }
}
