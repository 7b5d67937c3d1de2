package dev.selfsup.backbone.visiontransformer;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer (Dosovitskiy et al. 2021, <a href="https://arxiv.org/abs/2010.11929">arXiv:2010.11929</a>): from images [N, 3, H, W] to,
 * for each output layer, the patches [N, C, H / P, W / P], or their mean [N, C], and the class token [N, C].
 */
public final class VisionTransformer implements Backbone {
    private static final double POSITION_DEVIATION = 0.02;

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims, num_layers,
     *     num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both; positions are interpolated for others
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param outIndices layers whose tokens are given, from 0; negative ones count from the last, -1
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param qkvBias whether queries, keys and values have a bias
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param withClsToken whether the layers see a class token
     * @param avgToken whether the mean of the patches, normalised, is given instead of the patches
     * @param frozenStages -1 for none; i freezes positions, patch embedding, class token and i layers
     * @param outputClsToken whether the class token is given beside the patches
     * @param interpolateMode how positions are interpolated
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("3") int inChannels, @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("true") boolean qkvBias, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg,
            @Default("true") boolean finalNorm, @Default("true") boolean withClsToken, @Default("false") boolean avgToken,
            @Default("-1") int frozenStages, @Default("true") boolean outputClsToken, @Default("bicubic") Interpolation interpolateMode,
            @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg, @Default("{}") List<VisionTransformerTrunk.LayerOptions> layerCfgs,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            int count = TransformerSize.of(arch).numLayers();
            check(!outputClsToken || withClsToken, "output_cls_token needs with_cls_token: true");
            check(!outIndices.isEmpty() && outIndices.stream().allMatch(i -> i >= -count && i < count),
                    "out_indices must name layers of the %d, not %s", count, outIndices);
            check(frozenStages <= count, "frozen_stages must be at most num_layers %d, not %d", count, frozenStages);
        }

        VisionTransformerTrunk trunk() {
            return new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate, qkvBias, normCfg,
                    finalNorm, patchCfg, layerCfgs);
        }
    }

    private final Config config;
    private final VisionTransformerTrunk trunk;

    private VisionTransformer(Config config) {
        this.config = config;
        this.trunk = config.trunk();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Graph stem = config.frozenStages() > 0 ? graph.frozen().evaluating() : graph;
        SDVariable classToken = trunk.classToken(stem, Fill.ZEROS);                                 // [1, 1, C]
        SDVariable positions = trunk.positions(stem, Fill.truncatedNormal(0, POSITION_DEVIATION, -2, 2));     // [1, 1 + L, C]
        Layer embedding = trunk.embedding(stem);
        List<Layer> layers = layers(graph);
        Layer mean = config.avgToken() ? trunk.norm(graph, 2) : Layer.IDENTITY;
        return images -> graph.call(List.of(images), in -> {
            long[] grid = {trunk.patches().rows(graph.shape(images)), trunk.patches().columns(graph.shape(images))};
            SDVariable tokens = embedding.apply(trunk.patches().channelsFirst(graph, in.get(0)));        // [N * L, C]
            SDVariable placed = placed(graph, tokens, classToken, positions, grid);                // [N, 1 + L, C]
            SDVariable x = Dropout.build(stem, config.dropRate()).apply(placed);
            return outputs(graph, layers, mean, config.withClsToken() ? x : patches(graph, x), grid);
        });
    }

    private List<Layer> layers(Graph graph) {
        int count = trunk.size().numLayers();
        List<Layer> layers = new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> trunk.layer(i < config.frozenStages() ? graph.frozen().evaluating() : graph, i)).toList());
        Layer last = trunk.last(config.frozenStages() == count ? graph.frozen() : graph);
        layers.set(count - 1, layers.get(count - 1).then(last));
        return layers;
    }

    /** Class token and patches at their places. */
    private SDVariable placed(Graph graph, SDVariable tokens, SDVariable classToken, SDVariable positions, long... grid) {
        long channels = graph.shape(tokens)[1];
        long batch = graph.shape(tokens)[0] / (grid[0] * grid[1]);
        SDVariable all = graph.apply(new PrependToken(), tokens.reshape(batch, grid[0] * grid[1], channels), classToken);
        return graph.apply(new AddPositions(), all, PositionEmbedding.resized(graph, positions, trunk.grid(), grid, config.interpolateMode()));
    }

    private List<SDVariable> outputs(Graph graph, List<Layer> layers, Layer mean, SDVariable tokens, long... grid) {
        List<Integer> wanted = config.outIndices().stream().map(i -> i < 0 ? i + layers.size() : i).toList();
        List<SDVariable> outputs = new ArrayList<>();
        SDVariable x = tokens;
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).apply(x);                                                            // [N, 1 + L, C]
            if (wanted.contains(i)) {
                outputs.addAll(output(graph, x, mean, grid));
            }
        }
        return outputs;
    }

    private List<SDVariable> output(Graph graph, SDVariable tokens, Layer mean, long... grid) {
        long[] shape = graph.shape(tokens);
        SDVariable patches = config.withClsToken() ? patches(graph, tokens) : tokens;                     // [N, L, C]
        SDVariable first = config.avgToken() ? mean.apply(patches.mean(true, 1)).reshape(shape[0], shape[2])
                : patches.reshape(shape[0], grid[0], grid[1], shape[2]).permute(0, 3, 1, 2);
        return config.outputClsToken()
                ? List.of(first, graph.apply(new TokenRange(0, 1), tokens).reshape(shape[0], shape[2]))
                : List.of(first);
    }

    private static SDVariable patches(Graph graph, SDVariable tokens) {
        return graph.apply(new TokenRange(1, graph.shape(tokens)[1]), tokens);
    }

    /** {@code VisionTransformer}. */
    @Component
    @TypeName(kind = "backbone", name = "VisionTransformer", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new VisionTransformer(config);
        }
    }
}
