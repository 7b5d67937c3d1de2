package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.ToReal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A Swin transformer (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): from images [N, 3, H, W] to, for each output stage, [N, C, H', W']. Modules
 * {@code patch_embed}, {@code stages.<i>}, {@code norm<i>}; weights {@code absolute_pos_embed} [1, L, C] and {@code mask_token} [1, 1, C] where there are such.
 *
 * @param tokens patches to tokens
 * @param imageSize height and width of the images that positions are for, or one number for both
 * @param stages what follows
 * @param positions how embeddings of places are interpolated for images of other sizes; empty where there are none
 * @param dropRate probability of setting an element of the tokens to zero in training
 * @param output what is given
 * @param frozenStages the last stage that is not trained, with all before it; -1 for none
 */
public record SwinNetwork(ImageTokens tokens, List<Integer> imageSize, SwinStages stages, Optional<Interpolation> positions, double dropRate, Output output,
        int frozenStages) {
    /** First values of embeddings of places and of the mask token. */
    private static final Fill FIRST = Fill.truncatedNormal(0, 0.02, -2, 2);

    /**
     * What is given of the stages.
     *
     * @param stages their numbers, negative ones from the last
     * @param merged whether their tokens are given after they were merged for the next stage
     * @param norm normalisation, if there is one
     */
    public record Output(List<Integer> stages, boolean merged, Optional<Norm> norm) {
        Output counted(int count) {
            return new Output(stages.stream().map(i -> i < 0 && i >= -count ? count + i : i).toList(), merged, norm);
        }
    }

    public SwinNetwork {
        int count = stages.size().stages();
        output = output.counted(count);
        check(!output.stages().isEmpty() && output.stages().stream().allMatch(i -> i >= 0 && i < count), "out_indices must name stages from 0 to %d, not %s",
                count - 1, output.stages());
        check(frozenStages < count, "frozen_stages must be at most %d, not %d", count - 1, frozenStages);
        check(dropRate >= 0 && dropRate < 1, "drop_rate must be at least 0 and below 1, not %s", dropRate);
    }

    /**
     * Makes the weights.
     *
     * @param graph the network's place
     * @param masked whether patches may be hidden behind a mask token
     */
    public Backbone.Network build(Graph graph, boolean masked) {
        Built built = new Built(graph, masked);
        return new Backbone.Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return graph.call(List.of(images), in -> built.features(in.get(0), Optional.empty()));
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable mask) {
                return masked ? graph.call(List.of(images, mask), in -> built.features(in.get(0), Optional.of(in.get(1)))) : Backbone.Network.super.apply(images, mask);
            }
        };
    }

    /** The network with its weights. */
    private final class Built {
        private final Graph graph;
        private final Optional<SDVariable> places;
        private final Optional<SDVariable> maskToken;
        private final Function<SDVariable, TokenMap> embedding;
        private final Layer dropout;
        private final List<SwinStages.Stage> built;
        private final Map<Integer, Layer> norms = new HashMap<>();

        Built(Graph graph, boolean masked) {
            this.graph = graph;
            long[] grid = tokens.grid(imageSize);
            long channels = stages.size().embedDims();
            this.places = positions.map(mode -> graph.weight("absolute_pos_embed", LayerType.NONE, FIRST, 1, grid[0] * grid[1], channels));
            this.maskToken = masked ? Optional.of(graph.weight("mask_token", LayerType.NONE, FIRST, 1, 1, channels)) : Optional.empty();
            Graph patches = graph.in("patch_embed");
            this.embedding = tokens.build(frozenStages >= 0 ? patches.frozen().evaluating() : patches);
            this.dropout = Dropout.build(graph, dropRate);
            this.built = stages.build(graph, frozenStages);
            output.stages().forEach(i -> norms.put(i, norm(i)));
        }

        private Layer norm(int stage) {
            Graph place = stage <= frozenStages ? graph.frozen() : graph;
            SwinStages.Stage of = built.get(stage);
            int channels = output.merged() ? of.outChannels() : of.inChannels();
            return output.norm().map(n -> n.build(place.in("norm" + stage), channels)).orElse(Layer.IDENTITY);
        }

        List<SDVariable> features(SDVariable images, Optional<SDVariable> mask) {
            TokenMap embedded = embedding.apply(images);
            TokenMap x = placed(mask.map(m -> masked(embedded, m)).orElse(embedded));
            List<SDVariable> outputs = new ArrayList<>();
            for (int i = 0; i < built.size(); i++) {
                TokenMap seen = built.get(i).blocks().apply(x);                                     // [B * H * W, C]
                x = built.get(i).downsample().map(merge -> merge.apply(seen)).orElse(seen);
                if (norms.containsKey(i)) {
                    TokenMap given = output.merged() ? x : seen;
                    outputs.add(given.with(norms.get(i).apply(given.rows())).image(graph));
                }
            }
            return outputs;
        }

        /** Tokens of which those where the mask [B, H, W] is 1 are the mask token. */
        private TokenMap masked(TokenMap map, SDVariable mask) {
            long[] shape = graph.shape(mask);
            check(shape.length == 3 && shape[1] == map.height() && shape[2] == map.width(),
                    "the mask is for %dx%d patches, the images have %dx%d: input_size and model_patch_size of the mask's generator must be those of images and patches",
                    shape[1], shape[2], map.height(), map.width());
            SDVariable real = mask.dataType().isFPType() ? mask : graph.apply(new ToReal(), mask);
            SDVariable hidden = real.reshape(shape[0] * shape[1] * shape[2], 1);
            SDVariable token = maskToken.orElseThrow().reshape(1, stages.size().embedDims());
            return map.with(map.rows().mul(hidden.rsub(1)).add(token.mul(hidden)));
        }

        private TokenMap placed(TokenMap map) {
            TokenMap placed = places.map(p -> {
                long[] grid = {map.height(), map.width()};
                SDVariable resized = PositionEmbedding.resizedPatches(graph, p, tokens.grid(imageSize), grid, positions.orElseThrow());
                SDVariable sum = graph.apply(new AddPositions(), map.sequences(graph), resized);
                return map.with(sum.reshape(graph.shape(map.rows())));
            }).orElse(map);
            return placed.with(dropout.apply(placed.rows()));
        }
    }
}
