package dev.selfsup.onnx;

import dev.selfsup.api.model.FrozenNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * A frozen network that computes only batches of which the cache lacks some image. Such a batch is computed whole, so that results do not depend on what the cache held when a run was
 * interrupted. Results that are not finite are not kept.
 */
final class CachedSession implements FrozenNetwork.Session {
    private final FrozenNetwork.Session network;
    private final ResultCache cache;
    private final int image;
    private final int[] lengths;

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
        List<String> keys = new ArrayList<>(size);
        boolean all = true;
        for (int row = 0; row < size; row++) {
            keys.add(cache.key(images, row * image, image));
            all = all && cache.read(keys.get(row), results, lengths, row);
        }
        if (all) {
            return;
        }
        network.compute(images, size, results);
        for (int row = 0; row < size; row++) {
            if (finite(results, row)) {
                cache.write(keys.get(row), results, lengths, row);
            }
        }
    }

    private boolean finite(List<float[]> results, int row) {
        for (int i = 0; i < lengths.length; i++) {
            for (int at = row * lengths[i]; at < (row + 1) * lengths[i]; at++) {
                if (!Float.isFinite(results.get(i)[at])) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        network.close();
    }
}
