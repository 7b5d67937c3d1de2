package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Map;

/**
 * The part of a case that a replay sees: nothing of what is expected.
 *
 * @param folder folder of the case
 * @param description config, arguments and notes
 * @param inputs inputs and random draws, in the order of the description's table
 * @param initial initial state by name
 */
record Recording(Path folder, JsonNode description, Map<String, Tensor> inputs, Map<String, Tensor> initial) {
    /** An input; throws {@link BrokenCaseException} where there is none of that name. */
    Tensor input(String name) {
        Tensor input = inputs.get(name);
        if (input == null) {
            throw new BrokenCaseException("inputs.npz has no " + name);
        }
        return input;
    }

    /** A part of the description; throws {@link BrokenCaseException} where it is missing. */
    JsonNode part(String key) {
        JsonNode part = description.get(key);
        if (part == null || part.isNull()) {
            throw new BrokenCaseException("case.json has no " + key);
        }
        return part;
    }
}
