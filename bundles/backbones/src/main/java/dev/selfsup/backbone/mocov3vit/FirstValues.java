package dev.selfsup.backbone.mocov3vit;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.LayerType;
import java.util.Optional;

/**
 * How MoCo v3 begins: linear layers and the projection of patches uniform with the deviation of Glorot and Bengio (2010), where queries, keys and values count as
 * three layers and an image always as one of three channels; biases zero. It wins over what layers do by themselves.
 *
 * @param channels size of a token, C
 * @param patch height and width of a patch
 */
record FirstValues(int channels, int patch) implements Initialization {
    /** The class token's first value. */
    static final Fill CLASS_TOKEN = Fill.normal(0, 1e-6);
    private static final int COLOURS = 3;
    private static final int QUERIES_KEYS_VALUES = 3;

    @Override
    public Optional<Fill> fill(Weight weight) {
        boolean projection = weight.path().equals("patch_embed.projection");
        if (!projection && !weight.layer().equals(LayerType.LINEAR)) {
            return Optional.empty();
        }
        if (weight.name().equals("bias")) {
            return Optional.of(Fill.ZEROS);
        }
        long in = projection ? (long) COLOURS * patch * patch : weight.shape()[1];
        long out = weight.path().contains("qkv") ? weight.shape()[0] / QUERIES_KEYS_VALUES : weight.shape()[0];
        return Optional.of(Fill.uniform(Math.sqrt(6.0 / (in + out))));
    }

    @Override
    public boolean overridesInner() {
        return true;
    }
}
