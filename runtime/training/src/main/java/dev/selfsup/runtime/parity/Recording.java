package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.runtime.model.ModelState;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;

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

    /**
     * Gives an array the values of an input.
     *
     * @throws BrokenCaseException if there is no such input, or it is of another shape
     */
    void feed(String name, INDArray array) {
        Tensor input = input(name);
        if (array == null || input.elements() == 0) {
            throw new BrokenCaseException("the input " + name + " is empty: " + Arrays.toString(input.shape()));
        }
        if (input.elements() != array.length()) {
            throw new BrokenCaseException("the input " + name + " is " + Arrays.toString(input.shape()) + ", the model takes " + Arrays.toString(array.shape()));
        }
        ModelState.read(input, array);
    }

    /**
     * The same case with inputs as another rounding might have left them: every number that is not whole one step of float32 up or down, or as it is.
     *
     * @param seed of the choices
     */
    Recording rounded(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> rounded = new LinkedHashMap<>(inputs);
        rounded.replaceAll((name, tensor) -> name.startsWith("gout/") || name.startsWith("rand/") || !tensor.dtype().floating() ? tensor
                : rounded(tensor, random));
        return new Recording(folder, description, rounded, initial);
    }

    private static Tensor rounded(Tensor tensor, SplittableRandom random) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != Math.rint(values[i])) {
                values[i] += (random.nextInt(3) - 1) * Math.ulp(values[i]);
            }
        }
        return Tensor.of(tensor.name(), FloatBuffer.wrap(values), tensor.shape());
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
