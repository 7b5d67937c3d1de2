package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.checkpoint.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Mixes a batch as was recorded, once for each {@code lam<i>}: by CutMix where the middle of a box was drawn, else by Mixup. */
record MixingReplay(InstalledTypes types) implements Replay {
    @Override
    public Optional<String> obstacle(Recording recording) {
        return types.obstacle(JsonNodeFactory.instance.objectNode().put("type", "mmcls.Mixup"));
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        Values values = new Values();
        for (int i = 0; recording.inputs().containsKey("lam" + i); i++) {
            mix(recording, i, values);
        }
        return values.tensors();
    }

    private void mix(Recording recording, int number, Values values) {
        Tensor images = recording.input("x");
        Tensor scores = recording.input("score");
        int[] shape = Arrays.stream(images.shape()).skip(1).mapToInt(Math::toIntExact).toArray();
        int[] partners = Arrays.stream(recording.input("perm" + number).toLongs()).mapToInt(Math::toIntExact).toArray();
        int[] numbers = Arrays.stream(recording.input("randint" + number).toDoubles()).mapToInt(x -> (int) x).toArray();
        double share = recording.input("lam" + number).toDoubles()[0];
        BatchAugment augment = augment(recording, numbers.length > 0);
        BatchAugment.Mix mix = augment.mix(new BatchAugment.Choice(share, partners, numbers), shape[1], shape[2]);
        float[] mixedImages = new float[(int) images.elements()];
        float[] mixedScores = new float[(int) scores.elements()];
        mix.images(images.toFloats(), mixedImages, shape);
        mix.blend(scores.toFloats(), mixedScores, (int) scores.shape()[1]);
        values.put(Tensor.of("x" + number, FloatBuffer.wrap(mixedImages), images.shape()));
        values.put(Tensor.of("score" + number, FloatBuffer.wrap(mixedScores), scores.shape()));
    }

    private BatchAugment augment(Recording recording, boolean boxed) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("type", boxed ? "mmcls.CutMix" : "mmcls.Mixup");
        config.put("alpha", recording.part("alpha").asDouble());
        for (String key : boxed ? new String[] {"cutmix_minmax", "correct_lam"} : new String[0]) {
            if (recording.description().hasNonNull(key)) {
                config.set(key, recording.description().get(key));
            }
        }
        return types.bind(config, BatchAugment.class);
    }
}
