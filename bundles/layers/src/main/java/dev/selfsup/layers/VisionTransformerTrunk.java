package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What vision transformers share: patches to tokens, class token, positions, layers, last normalisation. Weights {@code cls_token}
 * [1, 1, C], {@code pos_embed} [1, 1 + L, C], {@code patch_embed.projection}, {@code layers.<i>}, {@code ln1}.
 *
 * @param size sizes of tokens and layers
 * @param imageSize height and width of the images that positions are for, or one number for both
 * @param patchSize height and width of a patch, or one number for both
 * @param inChannels channels of the images
 * @param dropRate probability of setting an element to zero behind positions and linear layers in training
 * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
 * @param qkvBias whether queries, keys and values have a bias
 * @param norm normalisation of tokens
 * @param finalNorm whether the last layer's tokens are normalised
 * @param patch options of the patch embedding
 * @param layers options of the layers: one for all, or one for each
 */
public record VisionTransformerTrunk(TransformerSize size, List<Integer> imageSize, List<Integer> patchSize, int inChannels, double dropRate,
        double dropPathRate, boolean qkvBias, Norm norm, boolean finalNorm, PatchOptions patch, List<LayerOptions> layers) {
    /**
     * The {@code patch_cfg} of a vision transformer.
     *
     * @param inChannels channels of the images, if not those of the transformer
     * @param bias whether tokens have a bias; by default they have, but not where they are normalised before the layers
     * @param normCfg normalisation of tokens
     * @param padding corner, same or 0, all without effect: patches must tile the images
     */
    public record PatchOptions(Optional<Integer> inChannels, Optional<Boolean> bias, Optional<Norm> normCfg, @Default("corner") Object padding) {
        public PatchOptions {
            check(padding instanceof String text ? text.equals("corner") || text.equals("same") : Long.valueOf(0).equals(padding),
                    "padding must be corner, same or 0, not %s: patches must tile the images", padding);
        }

        /** The same with a bias, or without, where that is not said. */
        public PatchOptions biased(boolean usual) {
            return new PatchOptions(inChannels, Optional.of(bias.orElse(usual)), normCfg, padding);
        }
    }

    /**
     * An entry of the {@code layer_cfgs} of a vision transformer.
     *
     * @param numHeads heads of the attention, if not those of {@code arch}
     * @param feedforwardChannels width of the feed-forward network, if not that of {@code arch}
     * @param numFcs linear layers of the feed-forward network
     * @param attnDropRate probability of setting an attention weight to zero in training
     * @param dropRate probability of setting an element to zero in training, if not that of the transformer
     * @param dropPathRate probability of dropping a branch, if not as it rises over the transformer
     * @param qkvBias whether queries, keys and values have a bias, if not as in the transformer
     * @param actCfg activation of the feed-forward network
     * @param normCfg normalisation of tokens, if not that of the transformer
     */
    public record LayerOptions(Optional<Integer> numHeads, Optional<Integer> feedforwardChannels, @Default("2") int numFcs,
            @Default("0.0") double attnDropRate, Optional<Double> dropRate, Optional<Double> dropPathRate, Optional<Boolean> qkvBias,
            @Default("{type: GELU}") Activation actCfg, Optional<Norm> normCfg) {}

    public VisionTransformerTrunk {
        check(!imageSize.isEmpty() && imageSize.size() <= 2, "img_size must be one number or two, not %s", imageSize);
        check(patchSize.size() == 1 || patchSize.size() == 2 && patchSize.get(0).equals(patchSize.get(1)), "patch_size must be one number, not %s",
                patchSize);
        int patches = patchSize.get(0);
        check(patches > 0 && imageSize.stream().allMatch(s -> s > 0 && s % patches == 0), "patch_size %d must divide img_size %s", patches, imageSize);
        check(layers.size() == 1 || layers.size() == size.numLayers(), "layer_cfgs must be one mapping or as many as num_layers %d, not %d",
                size.numLayers(), layers.size());
        check(dropRate >= 0 && dropRate < 1 && dropPathRate >= 0 && dropPathRate < 1, "drop_rate and drop_path_rate must be at least 0 and below 1, not %s and %s",
                dropRate, dropPathRate);
    }

    /** How images are cut. */
    public Patches patches() {
        return new Patches(patchSize.get(0));
    }

    /** Rows and columns of patches that positions are for. */
    public long[] grid() {
        return new long[] {imageSize.get(0) / patchSize.get(0), imageSize.get(imageSize.size() - 1) / patchSize.get(0)};
    }

    /** The class token, [1, 1, C]. */
    public SDVariable classToken(Graph graph, Fill first) {
        return graph.weight("cls_token", LayerType.NONE, first, 1, 1, size.embedDims());
    }

    /** The positions of the class token and all patches, [1, 1 + L, C]. */
    public SDVariable positions(Graph graph, Fill first) {
        return graph.weight("pos_embed", LayerType.NONE, first, 1, 1 + grid()[0] * grid()[1], size.embedDims());
    }

    /** The layer that makes tokens [R, C] of patches [R, C' * P * P]. */
    public Layer embedding(Graph graph) {
        return embedding(graph, false);
    }

    /** The layer that makes tokens [R, C] of patches [R, C' * P * P], whose projection is not trained where it is frozen. */
    public Layer embedding(Graph graph, boolean frozen) {
        return new PatchEmbedding(patch.inChannels().orElse(inChannels), size.embedDims(), patches(), patch.bias().orElse(true), patch.normCfg())
                .build(graph.in("patch_embed"), frozen);
    }

    /** Layer i on tokens [B, N, C]. */
    public Layer layer(Graph graph, int i) {
        MultiheadAttention attention = new MultiheadAttention(size.embedDims(), heads(i), options(i).qkvBias().orElse(qkvBias), options(i).attnDropRate(),
                drop(i));
        return new TransformerEncoderLayer(attention, feedForward(i), normOf(i), dropPath(i)).build(place(graph, i));
    }

    /** The place of layer i. */
    static Graph place(Graph graph, int i) {
        return graph.in("layers").in(Integer.toString(i)).initialized(List.of(FeedForward.FIRST));
    }

    private LayerOptions options(int i) {
        return layers.get(layers.size() == 1 ? 0 : i);
    }

    private double drop(int i) {
        return options(i).dropRate().orElse(dropRate);
    }

    /** Heads of layer i's attention. */
    int heads(int i) {
        return options(i).numHeads().orElse(size.numHeads());
    }

    /** The feed-forward network of layer i. */
    FeedForward feedForward(int i) {
        return new FeedForward(size.embedDims(), options(i).feedforwardChannels().orElse(size.feedforwardChannels()), options(i).numFcs(), options(i).actCfg(),
                drop(i));
    }

    /** Probability of dropping a branch of layer i. */
    double dropPath(int i) {
        return options(i).dropPathRate().orElse(size.numLayers() == 1 ? 0 : dropPathRate * i / (size.numLayers() - 1));
    }

    /** The normalisation of layer i's tokens. */
    Norm normOf(int i) {
        return options(i).normCfg().orElse(norm);
    }

    /** All layers and the last normalisation. */
    public Layer all(Graph graph) {
        List<Layer> all = new ArrayList<>();
        for (int i = 0; i < size.numLayers(); i++) {
            all.add(layer(graph, i));
        }
        return all.stream().reduce(Layer.IDENTITY, Layer::then).then(last(graph));
    }

    /** The normalisation of the last layer's tokens [B, N, C]; none where there is none. */
    public Layer last(Graph graph) {
        return finalNorm ? norm(graph, 1) : Layer.IDENTITY;
    }

    /** A normalisation of tokens [B, N, C]. */
    public Layer norm(Graph graph, int number) {
        return norm(graph, norm.abbreviation() + number);
    }

    /** A normalisation of tokens [B, N, C] of another name. */
    public Layer norm(Graph graph, String name) {
        return TransformerEncoderLayer.rows(graph, norm.build(graph.in(name), size.embedDims()));
    }
}
