package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.Gelu;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The transformer of MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>): stages {@code layers.<i>} of layers whose attention sees large windows
 * without shift, and embeddings of places that are not trained. Weights {@code absolute_pos_embed} [1, L, C], {@code patch_embed}, {@code layers.<i>.blocks.<j>},
 * {@code layers.<i>.downsample}, {@code norm}.
 *
 * @param size channels, depths and heads
 * @param mlpRatio width of feed-forward networks, in channels of a token
 * @param imageSize height and width of the images, or one number for both
 * @param tokens patches to tokens
 * @param windowSize rows and columns of a window in each stage, no more than the map's
 * @param qkvBias whether queries, keys and values have a bias
 * @param norm normalisation of tokens
 * @param rates of what is dropped in training
 */
public record MixMIMNetwork(HierarchySize size, double mlpRatio, List<Integer> imageSize, ImageTokens tokens, List<Integer> windowSize, boolean qkvBias, Norm norm,
        Rates rates) {
    private static final HierarchySize BASE = new HierarchySize(128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32));
    private static final HierarchySize LARGE = new HierarchySize(192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48));
    private static final HierarchySize HUGE = new HierarchySize(352, List.of(2, 2, 18, 2), List.of(11, 22, 44, 88));
    /** Sizes by the names that configs give them. */
    public static final Map<String, HierarchySize> KNOWN = new TreeMap<>(Map.of("b", BASE, "base", BASE, "l", LARGE, "large", LARGE, "h", HUGE, "huge", HUGE));
    private static final Initialization TABLES = weight -> weight.name().equals("relative_position_bias_table") ? Optional.of(Fill.ZEROS) : Optional.empty();

    /**
     * Probabilities of setting something to zero in training.
     *
     * @param drop an element
     * @param dropPath a branch of the last layer; it rises evenly from 0 in the first
     * @param attention an attention weight
     */
    public record Rates(double drop, double dropPath, double attention) {
        public Rates {
            check(drop >= 0 && drop < 1 && dropPath >= 0 && dropPath < 1 && attention >= 0 && attention < 1,
                    "drop_rate, drop_path_rate and attn_drop_rate must be at least 0 and below 1, not %s, %s and %s", drop, dropPath, attention);
        }
    }

    public MixMIMNetwork {
        check(windowSize.size() == size.stages(), "window_size must be as many as the %d stages, not %s", size.stages(), windowSize);
        for (int i = 0; i < size.stages(); i++) {
            long[] grid = grid(tokens, imageSize, i);
            int window = window(tokens, imageSize, windowSize, i);
            check(grid[0] % window == 0 && grid[1] % window == 0, "window_size %d of stage %d does not divide its map of %dx%d tokens", window, i, grid[0], grid[1]);
        }
    }

    private static long[] grid(ImageTokens tokens, List<Integer> imageSize, int stage) {
        long[] first = tokens.grid(imageSize);
        return new long[] {first[0] >> stage, first[1] >> stage};
    }

    private static int window(ImageTokens tokens, List<Integer> imageSize, List<Integer> sizes, int stage) {
        long[] grid = grid(tokens, imageSize, stage);
        return (int) Math.min(sizes.get(stage), Math.min(grid[0], grid[1]));
    }

    /** Rows and columns of tokens in a stage. */
    public long[] grid(int stage) {
        return grid(tokens, imageSize, stage);
    }

    /** The network with its weights. */
    public final class Built {
        private final Graph graph;
        private final SDVariable positions;
        private final Function<SDVariable, TokenMap> embedding;
        private final Layer dropout;
        private final List<List<WindowBlock.Built>> blocks = new ArrayList<>();
        private final List<UnaryOperator<TokenMap>> merges = new ArrayList<>();
        private final Layer last;

        private Built(Graph graph, Fill places) {
            this.graph = graph;
            long[] grid = grid(0);
            this.positions = graph.frozen().weight("absolute_pos_embed", LayerType.NONE, places, 1, grid[0] * grid[1], size.embedDims());
            this.embedding = tokens.build(graph.in("patch_embed"));
            this.dropout = Dropout.build(graph, rates.drop());
            for (int i = 0; i < size.stages(); i++) {
                Graph stage = graph.in("layers").in(Integer.toString(i));
                List<WindowBlock.Built> built = new ArrayList<>();
                for (int j = 0; j < size.depths().get(i); j++) {
                    built.add(block(i, j).build(stage.in("blocks").in(Integer.toString(j)), norm.abbreviation(), "attn"));
                }
                blocks.add(built);
                merges.add(i == size.stages() - 1 ? map -> map : PatchMerging.byFour(size.channels(i), norm).build(stage.in("downsample")));
            }
            this.last = norm.build(graph.in("norm"), size.channels(size.stages() - 1));
        }

        /** Images to tokens, without places. */
        public TokenMap embed(SDVariable images) {
            long[] shape = graph.shape(images);
            check(shape[2] == imageSize.get(0) && shape[3] == imageSize.get(imageSize.size() - 1), "img_size is %s, the images have %dx%d", imageSize, shape[2], shape[3]);
            return embedding.apply(images);
        }

        /**
         * Tokens at their places through all stages.
         *
         * @param map tokens without places
         * @param flags for each stage numbers 0 and 1, [H * W, 1]: tokens of different ones do not see each other; empty where all do
         */
        public TokenMap encode(TokenMap map, List<SDVariable> flags) {
            SDVariable placed = graph.apply(new AddPositions(), map.sequences(graph), positions).reshape(graph.shape(map.rows()));
            TokenMap x = map.with(dropout.apply(placed));
            for (int i = 0; i < size.stages(); i++) {
                Windows windows = new Windows(x.height(), x.width(), window(tokens, imageSize, windowSize, i), 0);
                Optional<SDVariable> mask = flags.isEmpty() ? Optional.empty() : Optional.of(windows.apart(graph, flags.get(i)));
                for (WindowBlock.Built block : blocks.get(i)) {
                    x = block.apply(x, windows, mask);
                }
                x = merges.get(i).apply(x);
            }
            return x.with(last.apply(x.rows()));
        }
    }

    /**
     * Makes the weights.
     *
     * @param graph the network's place
     * @param places first values of the embeddings of places
     */
    public Built build(Graph graph, Fill places) {
        return new Built(graph.initialized(List.of(TABLES)), places);
    }

    private WindowBlock block(int stage, int number) {
        int channels = size.channels(stage);
        double path = size.dropPaths(rates.dropPath())[size.firstLayer(stage) + number];
        WindowAttention attention = new WindowAttention(channels, size.numHeads().get(stage), window(tokens, imageSize, windowSize, stage), qkvBias,
                OptionalDouble.empty(), rates.attention(), rates.drop());
        FeedForward feedForward = new FeedForward(channels, (int) (mlpRatio * channels), 2, at -> at.module(x -> at.apply(new Gelu(), x)), rates.drop());
        return new WindowBlock(attention, feedForward, true, norm, path);
    }
}
