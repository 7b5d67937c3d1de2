package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Tells a wrong value from a rounding that took a rectifier, a maximum or a nearest neighbour to its other side, where gradients jump by any amount
 * (docs/decisions/018). A case that misses the recorded values passes nevertheless if it meets all of them, at their own limits, twice: in double precision, and
 * in float32, by the kernels that are under test, for inputs that differ from the recorded ones by no more than their rounding.
 *
 * @param opened the case
 * @param replay computes it
 * @param recording its inputs
 * @param got the values that miss it, those included that do not change here
 */
record Roundings(CaseFolder opened, Replay.Differentiating replay, Recording recording, Map<String, Tensor> got) {
    private static final int ATTEMPTS = 5;

    /** What becomes of a case that has failed. */
    Outcome judge(Outcome failed) {
        if (compare(replay.step(recording, DataType.DOUBLE)).status() != Outcome.Status.PASS) {
            return failed;
        }
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Outcome outcome = compare(replay.step(recording.rounded(attempt), DataType.FLOAT));
            if (outcome.status() == Outcome.Status.PASS) {
                return outcome.noting("(in float32 with inputs rounded otherwise, attempt " + attempt + " of " + ATTEMPTS + "; as recorded it gives "
                        + failed.detail() + ")");
            }
        }
        return failed;
    }

    private Outcome compare(Map<String, Tensor> step) {
        Map<String, Tensor> all = new LinkedHashMap<>(got);
        all.putAll(step);
        return Expectation.compare(opened, all);
    }
}
