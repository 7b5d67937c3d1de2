package dev.selfsup.onnx;

import dev.selfsup.api.model.FrozenNetwork;
import java.util.ArrayList;
import java.util.List;

/** A frozen network that computes only what the cache does not hold. */
final class CachedSession implements FrozenNetwork.Session {
    private final FrozenNetwork.Session network;
    private final ResultCache cache;
    private final int image;
    private final int[] lengths;
    private float[] missing = {};

    CachedSession(FrozenNetwork.Session network, ResultCache cache, int[] image) {
        this.network = network;
        this.cache = cache;
        this.image = image[0] * image[1] * image[2];
        this.lengths = network.outputs().stream().mapToInt(FrozenNetwork.Output::length).toArray();
    }

    @Override
    public List<FrozenNetwork.Output> outputs() {
        return network.outputs();
    }

    @Override
    public void compute(float[] images, int size, List<float[]> results) {
        List<String> keys = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < size; row++) {
            String key = cache.key(images, row * image, image);
            if (!cache.read(key, results, lengths, row)) {
                keys.add(key);
                rows.add(row);
            }
        }
        if (!rows.isEmpty()) {
            computeMissing(images, rows, keys, results);
        }
    }

    private void computeMissing(float[] images, List<Integer> rows, List<String> keys, List<float[]> results) {
        if (missing.length < rows.size() * image) {
            missing = new float[rows.size() * image];
        }
        List<float[]> computed = new ArrayList<>();
        for (int length : lengths) {
            computed.add(new float[rows.size() * length]);
        }
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(images, rows.get(i) * image, missing, i * image, image);
        }
        network.compute(missing, rows.size(), computed);
        for (int i = 0; i < rows.size(); i++) {
            for (int output = 0; output < lengths.length; output++) {
                System.arraycopy(computed.get(output), i * lengths[output], results.get(output), rows.get(i) * lengths[output], lengths[output]);
            }
            cache.write(keys.get(i), computed, lengths, i);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
