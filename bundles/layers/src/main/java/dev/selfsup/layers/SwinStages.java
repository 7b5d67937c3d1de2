package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The stages {@code stages.0}, ... of a Swin transformer (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): {@code blocks.0}, ..., every other one with shifted
 * windows, then {@code downsample}.
 *
 * @param size channels, depths and heads
 * @param windowSize rows and columns of a window
 * @param padSmallMap whether a map smaller than a window is padded, and one as large as a window shifted
 * @param dropPathRate probability of dropping a branch in the last block; it rises evenly from 0 in the first
 * @param stages options of the stages: one for all, or one for each
 */
public record SwinStages(HierarchySize size, int windowSize, boolean padSmallMap, double dropPathRate, List<StageOptions> stages) {
    private static final HierarchySize TINY = new HierarchySize(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24));
    private static final HierarchySize SMALL = new HierarchySize(96, List.of(2, 2, 18, 2), List.of(3, 6, 12, 24));
    private static final HierarchySize BASE = new HierarchySize(128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32));
    private static final HierarchySize LARGE = new HierarchySize(192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48));
    /** Sizes by the names that configs give them. */
    public static final Map<String, HierarchySize> KNOWN = new TreeMap<>(Map.of("t", TINY, "tiny", TINY, "s", SMALL, "small", SMALL, "b", BASE, "base", BASE,
            "l", LARGE, "large", LARGE));

    /**
     * An entry of the {@code stage_cfgs} of a Swin transformer.
     *
     * @param numHeads heads of the attention, if not those of {@code arch}
     * @param windowSize rows and columns of a window, if not those of the transformer
     * @param downsample whether tokens are merged behind the blocks, if not behind all stages but the last
     * @param dropPaths probability of dropping a branch in each block, if not as it rises over the transformer
     * @param padSmallMap whether small maps are padded, if not as in the transformer
     * @param blockCfgs options of the blocks: one mapping for all, or a list of one for each
     * @param downsampleCfg how tokens are merged
     * @param withCp accepted and without effect: it trades time for memory
     */
    public record StageOptions(OptionalInt numHeads, OptionalInt windowSize, Optional<Boolean> downsample, @Default("[]") List<Double> dropPaths,
            Optional<Boolean> padSmallMap, @Default("{}") List<BlockOptions> blockCfgs, @Default("{}") MergingOptions downsampleCfg, Optional<Boolean> withCp) {}

    /**
     * An entry of the {@code block_cfgs} of a stage.
     *
     * @param numHeads heads of the attention, if not those of the stage
     * @param windowSize rows and columns of a window, if not those of the stage
     * @param shift whether windows are shifted, if not in every other block
     * @param ffnRatio width of the feed-forward network, in channels of a token
     * @param dropPath probability of dropping a branch, if not that of the stage
     * @param padSmallMap whether small maps are padded, if not as in the stage
     * @param attnCfgs options of the attention
     * @param ffnCfgs options of the feed-forward network
     * @param normCfg normalisation of tokens
     * @param withCp accepted and without effect: it trades time for memory
     */
    public record BlockOptions(OptionalInt numHeads, OptionalInt windowSize, Optional<Boolean> shift, @Default("4.0") double ffnRatio, OptionalDouble dropPath,
            Optional<Boolean> padSmallMap, @Default("{}") AttentionOptions attnCfgs, @Default("{}") FeedForwardOptions ffnCfgs,
            @Default("{type: LN}") Norm normCfg, Optional<Boolean> withCp) {}

    /**
     * The {@code attn_cfgs} of a block.
     *
     * @param numHeads heads, if not those of the block
     * @param windowSize rows and columns of a window, if not those of the block
     * @param shiftSize rows and columns by which windows are shifted, if not half a window in shifted blocks
     * @param padSmallMap whether small maps are padded, if not as in the block
     * @param qkvBias whether queries, keys and values have a bias
     * @param qkScale factor on the products of queries and keys, if not one over the root of a head's width
     * @param attnDrop probability of setting an attention weight to zero in training
     * @param projDrop probability of setting an element of the result to zero in training
     */
    public record AttentionOptions(OptionalInt numHeads, OptionalInt windowSize, OptionalInt shiftSize, Optional<Boolean> padSmallMap,
            @Default("true") boolean qkvBias, OptionalDouble qkScale, @Default("0.0") double attnDrop, @Default("0.0") double projDrop) {}

    /**
     * The {@code ffn_cfgs} of a block.
     *
     * @param feedforwardChannels width, if not as ffn_ratio says
     * @param numFcs linear layers
     * @param ffnDrop probability of setting an element to zero in training
     * @param actCfg activation
     * @param addIdentity whether a connection leads around the network
     */
    public record FeedForwardOptions(OptionalInt feedforwardChannels, @Default("2") int numFcs, @Default("0.0") double ffnDrop,
            @Default("{type: GELU}") Activation actCfg, @Default("true") boolean addIdentity) {}

    /**
     * The {@code downsample_cfg} of a stage.
     *
     * @param outChannels channels of a merged token, if not twice those of one
     * @param kernelSize rows and columns of tokens that are merged
     * @param stride rows and columns between them, if not kernel_size
     * @param padding zeros around the map: their number, or corner or same for as many as needed
     * @param dilation distance of tokens that are merged
     * @param bias whether the linear map has a bias
     * @param normCfg normalisation; null for none
     */
    public record MergingOptions(OptionalInt outChannels, @Default("2") int kernelSize, OptionalInt stride, @Default("corner") Object padding,
            @Default("1") int dilation, @Default("false") boolean bias, @Default("{type: LN}") Optional<Norm> normCfg) {
        PatchMerging of(int channels) {
            return new PatchMerging(channels, outChannels.orElse(2 * channels), new SlidingWindow(kernelSize, stride.orElse(kernelSize), padding, dilation), bias,
                    normCfg);
        }
    }

    /**
     * A stage with its weights.
     *
     * @param blocks its blocks
     * @param downsample what merges tokens behind them, empty where nothing does
     * @param inChannels channels of a token in the blocks
     * @param outChannels channels behind the merging
     */
    public record Stage(UnaryOperator<TokenMap> blocks, Optional<UnaryOperator<TokenMap>> downsample, int inChannels, int outChannels) {}

    public SwinStages {
        check(stages.size() == 1 || stages.size() == size.stages(), "stage_cfgs must be one mapping or as many as the %d stages, not %d", size.stages(), stages.size());
        check(dropPathRate >= 0 && dropPathRate < 1, "drop_path_rate must be at least 0 and below 1, not %s", dropPathRate);
        check(windowSize > 0, "window_size must be positive, not %d", windowSize);
    }

    /**
     * Makes the weights.
     *
     * @param graph place of the network
     * @param frozen the last stage that is not trained and behaves as in evaluation, -1 for none
     */
    public List<Stage> build(Graph graph, int frozen) {
        List<Stage> built = new ArrayList<>();
        int channels = size.embedDims();
        for (int i = 0; i < size.stages(); i++) {
            Graph place = graph.in("stages").in(Integer.toString(i));
            Stage stage = stage(i <= frozen ? place.frozen().evaluating() : place, i, channels);
            built.add(stage);
            channels = stage.outChannels();
        }
        return built;
    }

    private Stage stage(Graph graph, int i, int channels) {
        StageOptions options = stages.get(stages.size() == 1 ? 0 : i);
        int depth = size.depths().get(i);
        check(options.blockCfgs().size() == 1 || options.blockCfgs().size() == depth, "block_cfgs must be one mapping or as many as the %d blocks of the stage, not %d",
                depth, options.blockCfgs().size());
        check(options.dropPaths().isEmpty() || options.dropPaths().size() == depth || options.dropPaths().size() == 1,
                "drop_paths must be one number or as many as the %d blocks of the stage, not %s", depth, options.dropPaths());
        List<UnaryOperator<TokenMap>> blocks = new ArrayList<>();
        for (int j = 0; j < depth; j++) {
            blocks.add(new SwinBlock(this, options, i, j, channels).build(graph.in("blocks").in(Integer.toString(j))));
        }
        boolean merges = options.downsample().orElse(i < size.stages() - 1);
        Optional<PatchMerging> merging = merges ? Optional.of(options.downsampleCfg().of(channels)) : Optional.empty();
        return new Stage(map -> blocks.stream().reduce(map, (x, block) -> block.apply(x), (a, b) -> b), merging.map(m -> m.build(graph.in("downsample"))),
                channels, merging.map(PatchMerging::outChannels).orElse(channels));
    }
}
