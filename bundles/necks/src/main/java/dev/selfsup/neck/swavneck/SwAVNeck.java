package dev.selfsup.neck.swavneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Linear;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The projector of SwAV (Caron et al. 2020, <a href="https://arxiv.org/abs/2006.09882">arXiv:2006.09882</a>): fc-bn-relu-fc and normalisation. Its inputs are
 * the features [V_i * N, in, H_i, W_i] of the views of each resolution, its output those of all views together, [V * N, out].
 */
public final class SwAVNeck implements Neck {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the projector.
     *
     * @param inChannels input channels
     * @param hidChannels hidden features; 0 for a single linear layer
     * @param outChannels output features; 0 for no projection
     * @param withAvgPool whether features are averaged over the image first; else they are taken as they are, so all views must have one size
     * @param withL2norm whether outputs are brought to length 1
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int hidChannels, int outChannels, @Default("true") boolean withAvgPool, @Default("true") boolean withL2norm,
            @Default("{type: SyncBN}") Norm normCfg,
            @Default("[{type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0, "in_channels must be positive, not %d", inChannels);
            check(hidChannels >= 0 && outChannels >= 0, "hid_channels and out_channels must not be negative: %d, %d", hidChannels, outChannels);
        }
    }

    private final Config config;

    private SwAVNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer projection = projection(graph);
        Layer unit = x -> config.withL2norm() ? graph.applyAll(new Normalize(EPSILON), x).get(0) : x;
        return features -> graph.call(features, in -> {
            SDVariable[] rows = in.stream().map(x -> rows(graph, x)).toArray(SDVariable[]::new);
            SDVariable x = rows.length == 1 ? rows[0] : graph.concat(0, rows);                     // [V * N, in]
            return List.of(projection.then(unit).apply(x));                                        // [V * N, out]
        });
    }

    private Layer projection(Graph graph) {
        Graph projection = graph.in("projection_neck");
        if (config.outChannels() == 0) {
            return x -> x;
        }
        if (config.hidChannels() == 0) {
            return Linear.build(projection, config.inChannels(), config.outChannels(), true);
        }
        graph.alias("projection_neck.1", "bn");
        Layer bn = config.normCfg().build(graph.in("bn"), config.hidChannels());
        return Linear.build(projection.in("0"), config.inChannels(), config.hidChannels(), true).then(bn).then(x -> graph.apply(new Relu(), x))
                .then(Linear.build(projection.in("3"), config.hidChannels(), config.outChannels(), true));
    }

    private SDVariable rows(Graph graph, SDVariable x) {
        if (config.withAvgPool() && graph.shape(x).length == 4) {
            return graph.apply(new GlobalAveragePool(), x);                                        // [V_i * N, in]
        }
        long[] shape = graph.shape(x);
        SDVariable rows = shape.length == 2 ? x : x.reshape(shape[0], -1);
        long width = graph.shape(rows)[1];
        check(width == config.inChannels(), "SwAVNeck without with_avg_pool takes all features of a view: in_channels must be %d, not %d", width,
                config.inChannels());
        return rows;
    }

    /** {@code SwAVNeck}. */
    @Component
    @TypeName(kind = "neck", name = "SwAVNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new SwAVNeck(config);
        }
    }
}
