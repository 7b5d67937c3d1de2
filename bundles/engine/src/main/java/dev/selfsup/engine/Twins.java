package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights that follow others, as those of a momentum encoder: as many elements of both, each in one piece of memory. Where both networks were built in
 * the same order, and are trained or not as a whole, one pair is all of them.
 *
 * @param target weights that follow, [n]
 * @param source weights that are followed, [n]
 */
public record Twins(INDArray target, INDArray source) {
    /** Where weights lie in a flat buffer. */
    record Place(INDArray flat, long offset, long length) {
        boolean endsAt(Place next) {
            return flat == next.flat && offset + length == next.offset;
        }

        Place with(Place next) {
            return new Place(flat, offset, length + next.length);
        }

        INDArray view() {
            return Views.at(flat, offset, length);
        }
    }

    /** Where weights lie that follow, and those that they follow. */
    record Places(Place target, Place source) {
        boolean endAt(Places next) {
            return target.endsAt(next.target) && source.endsAt(next.source);
        }

        Places with(Places next) {
            return new Places(target.with(next.target), source.with(next.source));
        }
    }

    /** Weights, with neighbours joined into one. */
    static List<Twins> joined(List<Places> all) {
        List<Places> joined = new ArrayList<>();
        for (Places next : all) {
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).endAt(next)) {
                joined.set(last, joined.get(last).with(next));
            } else {
                joined.add(next);
            }
        }
        return joined.stream().map(p -> new Twins(p.target.view(), p.source.view())).toList();
    }
}
