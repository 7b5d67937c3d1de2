package dev.selfsup.api.data;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The {@code train_cfg} of a classifier: of each batch one augmentation is drawn. Labels become probabilities, the field {@code gt_score}.
 *
 * @param augments what may be drawn
 * @param probs probability of each; the rest is that of none. By default one of them is always drawn, all alike
 */
public record BatchAugments(@Default("[]") List<BatchAugment> augments, Optional<List<Double>> probs) {
    private static final double ROUNDING = 1e-9;

    public BatchAugments {
        augments = List.copyOf(augments);
        int count = augments.size();
        probs.ifPresent(p -> {
            check(p.size() == count, "probs must be one for each of the %d augments, not %s", count, p);
            double sum = p.stream().mapToDouble(Double::doubleValue).sum();
            check(p.stream().allMatch(x -> x >= 0) && sum <= 1 + ROUNDING, "probs must not be negative, and sum up to at most 1, not %s", p);
        });
    }

    /** The augmentation of a batch; empty for none. */
    public Optional<BatchAugment> draw(RandomGenerator random) {
        if (augments.isEmpty()) {
            return Optional.empty();
        }
        if (probs.isEmpty()) {
            return Optional.of(augments.get(random.nextInt(augments.size())));
        }
        double left = random.nextDouble();
        for (int i = 0; i < augments.size(); i++) {
            left -= probs.get().get(i);
            if (left < 0) {
                return Optional.of(augments.get(i));
            }
        }
        return Optional.empty();
    }
}
