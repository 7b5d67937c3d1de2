package dev.selfsup.norm.batchnorm;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.layers.BatchNorm;
import org.osgi.service.component.annotations.Component;

/** Batch normalisation (Ioffe and Szegedy 2015), over the batch of one process or, {@code SyncBN}, of all. */
public final class BatchNormalization implements Norm {
    /**
     * Options of batch normalisation.
     *
     * @param requiresGrad whether weight and bias are trained
     * @param eps added to the variance
     * @param momentum weight of the newest statistics in the running ones
     * @param affine whether there are weight and bias
     */
    public record Config(@Default("true") boolean requiresGrad, @Default("1.0e-5") double eps, @Default("0.1") double momentum,
            @Default("true") boolean affine) {}

    private final Config config;
    private final LayerType type;

    private BatchNormalization(Config config, LayerType type) {
        this.config = config;
        this.type = type;
    }

    @Override
    public String abbreviation() {
        return "bn";
    }

    @Override
    public Layer build(Graph graph, int channels, boolean affine) {
        boolean synchronised = type.equals(LayerType.SYNC_BATCH_NORM);
        return new BatchNorm(type, config.eps(), config.momentum(), affine && config.affine(), synchronised)
                .build(config.requiresGrad() ? graph : graph.frozen(), channels);
    }

    @Override
    public Norm momentum(double momentum) {
        return new BatchNormalization(new Config(config.requiresGrad(), config.eps(), momentum, config.affine()), type);
    }

    /** {@code BN}. */
    @Component
    @TypeName(kind = "norm", name = "BN", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new BatchNormalization(config, LayerType.BATCH_NORM_2D);
        }
    }

    /** {@code BN1d}. */
    @Component
    @TypeName(kind = "norm", name = "BN1d", scope = "mmcv")
    public static final class OneDimensional implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new BatchNormalization(config, LayerType.BATCH_NORM_1D);
        }
    }

    /** {@code BN2d}. */
    @Component
    @TypeName(kind = "norm", name = "BN2d", scope = "mmcv")
    public static final class TwoDimensional implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new BatchNormalization(config, LayerType.BATCH_NORM_2D);
        }
    }

    /** {@code SyncBN}. */
    @Component
    @TypeName(kind = "norm", name = "SyncBN", scope = "mmcv")
    public static final class Synchronised implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new BatchNormalization(config, LayerType.SYNC_BATCH_NORM);
        }
    }
}
