package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.layers.SwinStages.AttentionOptions;
import dev.selfsup.layers.SwinStages.BlockOptions;
import dev.selfsup.layers.SwinStages.FeedForwardOptions;
import dev.selfsup.layers.SwinStages.StageOptions;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A block of a Swin transformer with its options, each from where it is said last: the attention, the block, the stage, the transformer.
 *
 * @param network the transformer
 * @param stage options of the stage
 * @param stageNumber number of the stage
 * @param number of the block in its stage
 * @param channels of a token
 */
record SwinBlock(SwinStages network, StageOptions stage, int stageNumber, int number, int channels) {
    /** Makes the weights. */
    UnaryOperator<TokenMap> build(Graph graph) {
        WindowBlock.Built block = new WindowBlock(attention(), feedForward(), options().ffnCfgs().addIdentity(), options().normCfg(), dropPath())
                .build(graph, "norm", "attn.w_msa");
        return map -> {
            Windows windows = windows(map.height(), map.width());
            return block.apply(map, windows, windows.mask(graph));
        };
    }

    private BlockOptions options() {
        return stage.blockCfgs().get(stage.blockCfgs().size() == 1 ? 0 : number);
    }

    private WindowAttention attention() {
        AttentionOptions given = options().attnCfgs();
        int heads = given.numHeads().orElse(options().numHeads().orElse(stage.numHeads().orElse(network.size().numHeads().get(stageNumber))));
        return new WindowAttention(channels, heads, window(), given.qkvBias(), given.qkScale(), given.attnDrop(), given.projDrop());
    }

    private FeedForward feedForward() {
        FeedForwardOptions given = options().ffnCfgs();
        int hidden = given.feedforwardChannels().orElse((int) (channels * options().ffnRatio()));
        return new FeedForward(channels, hidden, given.numFcs(), given.actCfg(), given.ffnDrop());
    }

    private double dropPath() {
        List<Double> given = stage.dropPaths();
        double rising = network.size().dropPaths(network.dropPathRate())[network.size().firstLayer(stageNumber) + number];
        return options().dropPath().orElse(given.isEmpty() ? rising : given.get(given.size() == 1 ? 0 : number));
    }

    private int ofBlock() {
        return options().windowSize().orElse(stage.windowSize().orElse(network.windowSize()));
    }

    private int window() {
        return options().attnCfgs().windowSize().orElse(ofBlock());
    }

    private boolean pads() {
        return options().attnCfgs().padSmallMap().orElse(options().padSmallMap().orElse(stage.padSmallMap().orElse(network.padSmallMap())));
    }

    /** The windows of a map; one as large as a window is shifted only where small maps are padded. */
    private Windows windows(int height, int width) {
        int smaller = Math.min(height, width);
        check(smaller >= window() || pads(), "the map of tokens, %dx%d, is smaller than window_size %d: set pad_small_map: true, use larger images or a smaller window_size",
                height, width, window());
        boolean shifted = options().shift().orElse(number % 2 == 1);
        int shift = options().attnCfgs().shiftSize().orElse(shifted ? ofBlock() / 2 : 0);
        return new Windows(height, width, window(), smaller == window() && !pads() ? 0 : shift);
    }
}
