package dev.selfsup.engine;

/**
 * The kind of layer that a weight belongs to, under PyTorch's names: what the {@code layer} key of an {@code init_cfg}
 * and the norm rules of a {@code paramwise_cfg} refer to.
 *
 * @param name class name, {@code Conv2d}
 * @param base base class name by which it is meant too, {@code _BatchNorm} for {@code SyncBatchNorm}; else empty
 */
public record LayerType(String name, String base) {
    public static final LayerType CONV = new LayerType("Conv2d", "_ConvNd");
    public static final LayerType LINEAR = new LayerType("Linear", "");
    public static final LayerType BATCH_NORM_1D = new LayerType("BatchNorm1d", "_BatchNorm");
    public static final LayerType BATCH_NORM_2D = new LayerType("BatchNorm2d", "_BatchNorm");
    public static final LayerType SYNC_BATCH_NORM = new LayerType("SyncBatchNorm", "_BatchNorm");
    public static final LayerType GROUP_NORM = new LayerType("GroupNorm", "");
    public static final LayerType LAYER_NORM = new LayerType("LayerNorm", "");
    /** A weight of a module itself, as a class token. */
    public static final LayerType NONE = new LayerType("", "");

    /** Whether an {@code init_cfg} that lists this name means the layer. */
    public boolean is(String layer) {
        return !layer.isEmpty() && (layer.equals(name) || layer.equals(base));
    }

    /** Whether the layer normalises. */
    public boolean isNorm() {
        return base.equals("_BatchNorm") || equals(GROUP_NORM) || equals(LAYER_NORM);
    }
}
