package dev.selfsup.backbone.mixmimtransformerpretrain;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.layers.HierarchySize;
import dev.selfsup.layers.ImageTokens;
import dev.selfsup.layers.MixMIMNetwork;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TokenMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * The transformer of MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>) that mixes images: where the mask is 1 an image's patches are replaced by those of
 * another one, the first image's by the last one's and so on; tokens of one image do not see those of the other. From images [N, 3, H, W] to tokens [N, L, C] and the mask
 * [1, L, 1] of all images, 1 where a token belongs to the other one.
 */
public final class MixMIMTransformerPretrain implements Backbone {
    private static final int STRIDE = 32;
    private static final int STAGES = 4;
    private static final double MASKED = 0.5;
    private static final Initialization LINEAR = weight -> !weight.layer().equals(LayerType.LINEAR) ? Optional.empty()
            : Optional.of(weight.name().equals("bias") ? Fill.ZEROS : Fill.uniform(Math.sqrt(6.0 / (Fill.fanIn(weight.shape()) + Fill.fanOut(weight.shape())))));

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (base, large, huge), or a mapping of embed_dims, depths and num_heads
     * @param mlpRatio width of feed-forward networks, in channels of a token
     * @param imgSize height and width of the images, or one number for both
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param windowSize rows and columns of a window in each stage
     * @param qkvBias whether queries, keys and values have a bias
     * @param patchCfg further options of the patch embedding
     * @param normCfg normalisation
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param attnDropRate probability of setting an attention weight to zero in training
     * @param useCheckpoint accepted and without effect: it trades time for memory
     * @param rangeMaskRatio how much more than half of the tokens may be masked; how much, is drawn for every batch
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("4.0") double mlpRatio, @Default("224") List<Integer> imgSize, @Default("4") int patchSize,
            @Default("3") int inChannels, @Default("[14, 14, 14, 7]") List<Integer> windowSize, @Default("true") boolean qkvBias,
            @Default("{}") ImageTokens.Options patchCfg, @Default("{type: LN}") Norm normCfg, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate,
            @Default("0.0") double attnDropRate, @Default("false") boolean useCheckpoint, @Default("0.0") double rangeMaskRatio,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(rangeMaskRatio >= 0 && rangeMaskRatio <= 1 - MASKED, "range_mask_ratio must be from 0 to %s, not %s", 1 - MASKED, rangeMaskRatio);
        }

        MixMIMNetwork network() {
            HierarchySize size = HierarchySize.of(arch, MixMIMNetwork.KNOWN);
            check(size.stages() == STAGES, "arch must have %d stages, as a mask has sizes for, not %d", STAGES, size.stages());
            MixMIMNetwork network = new MixMIMNetwork(size, mlpRatio, imgSize, patchCfg.of(inChannels, size.embedDims(), patchSize), windowSize, qkvBias, normCfg,
                    new MixMIMNetwork.Rates(dropRate, dropPathRate, attnDropRate));
            long[] last = network.grid(STAGES - 1);
            check(last[0] * STRIDE == imgSize.get(0) && last[1] * STRIDE == imgSize.get(imgSize.size() - 1),
                    "img_size %s must be a multiple of %d, and patch_size make tokens of it in %d stages", imgSize, STRIDE, STAGES);
            return network;
        }
    }

    private final Config config;
    private final MixMIMNetwork network;

    private MixMIMTransformerPretrain(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(LINEAR));
        MixMIMNetwork.Built built = network.build(graph, PositionEmbedding.sines((int) Math.sqrt(network.grid(0)[0] * network.grid(0)[1])));
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return graph.call(List.of(images), in -> mixed(graph, built, in.get(0)));
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(built.encode(built.embed(in.get(0)), List.of()).image(graph)));
            }
        };
    }

    private List<SDVariable> mixed(Graph graph, MixMIMNetwork.Built built, SDVariable images) {
        SDVariable mask = mask(graph);                                                             // [L, 1]
        List<SDVariable> masks = IntStream.range(0, STAGES).mapToObj(stage -> enlarged(graph, mask, stage)).toList();
        TokenMap tokens = built.embed(images);                                                     // [N * L, C]
        SDVariable encoded = built.encode(tokens.with(mixed(graph, tokens, masks.get(0))), masks).sequences(graph);
        return List.of(encoded, mask.reshape(1, graph.shape(mask)[0], 1));
    }

    /** The tokens of every image, but where the mask is 1 those of the image in its place from the end. */
    private static SDVariable mixed(Graph graph, TokenMap tokens, SDVariable mask) {
        SDVariable own = tokens.sequences(graph);                                                  // [N, L, C]
        long[] shape = graph.shape(own);
        int batch = (int) shape[0];
        MoveRows flip = new MoveRows(IntStream.range(0, batch).map(i -> batch - 1 - i).toArray(), batch);
        SDVariable other = graph.apply(flip, own.reshape(shape[0], shape[1] * shape[2])).reshape(shape);
        SDVariable place = mask.reshape(1, shape[1], 1);
        return own.mul(place.rsub(1)).add(other.mul(place)).reshape(graph.shape(tokens.rows()));
    }

    /** 1 for the tokens of the last stage with the least noise, which are half of them or, as config and chance say, more; else 0, [L, 1]. */
    private SDVariable mask(Graph graph) {
        long[] grid = network.grid(STAGES - 1);
        long length = grid[0] * grid[1];
        SDVariable noise = graph.draw(Draw.uniform(), 1, 1, length);
        SDVariable order = graph.applyAll(new RandomMasking((int) length), noise.reshape(1, length)).get(0);
        SDVariable behind = graph.apply(new ToReal(), order).reshape(length, 1).rsub(length * MASKED - 1);
        SDVariable room = config.rangeMaskRatio() == 0 ? behind
                : behind.add(graph.draw(Draw.uniform(), 1, 1).mul(length * config.rangeMaskRatio()));   // at least 0 where there is room in the mask
        return graph.math().sign(graph.math().sign(room).add(0.5)).mul(0.5).add(0.5);
    }

    /** The mask for the tokens of a stage: each of the last stage's stands for a square of them. */
    private SDVariable enlarged(Graph graph, SDVariable mask, int stage) {
        long[] last = network.grid(STAGES - 1);
        int factor = 1 << STAGES - 1 - stage;
        long columns = last[1] * factor;
        long[] places = LongStream.range(0, last[0] * factor * columns).map(i -> i / columns / factor * last[1] + i % columns / factor).toArray();
        return factor == 1 ? mask : graph.apply(new GatherRows(), mask, graph.constant(Nd4j.createFromArray(places)));
    }

    /** {@code MixMIMTransformerPretrain}. */
    @Component
    @TypeName(kind = "backbone", name = "MixMIMTransformerPretrain")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MixMIMTransformerPretrain(config);
        }
    }
}
