package dev.selfsup.layers;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.MoveRows;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Neighbouring tokens made one, between the stages of a Swin transformer (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): the tokens of a square, their
 * channels interleaved, are normalised, {@code norm}, and mapped, {@code reduction}.
 *
 * @param inChannels channels of a token
 * @param outChannels channels of a merged one
 * @param window the square and how it moves
 * @param bias whether the linear map has a bias
 * @param norm normalisation, if there is one
 */
public record PatchMerging(int inChannels, int outChannels, SlidingWindow window, boolean bias, Optional<Norm> norm) {
    /** Squares of two by two tokens side by side. */
    public static PatchMerging byFour(int inChannels, Norm norm) {
        return new PatchMerging(inChannels, 2 * inChannels, new SlidingWindow(2, 2, "corner", 1), false, Optional.of(norm));
    }

    /** Makes the weights. */
    public UnaryOperator<TokenMap> build(Graph graph) {
        Layer normalised = norm.map(n -> n.build(graph.in("norm"), inputs())).orElse(Layer.IDENTITY);
        Layer merged = graph.module(normalised.then(Linear.build(graph.in("reduction"), inputs(), outChannels, bias)));
        return map -> new TokenMap(merged.apply(squares(graph, map)), window.count(map.height()), window.count(map.width()));
    }

    /** The squares of maps, each channel's values side by side, [B * L, C * K * K]. */
    private SDVariable squares(Graph graph, TokenMap map) {
        int height = map.height();
        int width = map.width();
        SDVariable padded = window.pads(height, width) ? graph.apply(new MoveRows(window.places(height, width), height * width), map.rows()) : map.rows();
        int[] places = window.squares(height, width);
        long batch = map.batch(graph);
        long room = (long) window.padded(height) * window.padded(width);
        long[] all = new long[Math.toIntExact(batch * places.length)];
        for (int i = 0; i < all.length; i++) {
            all[i] = i / places.length * room + places[i % places.length];
        }
        int square = window.kernel() * window.kernel();
        SDVariable rows = graph.apply(new GatherRows(), padded, graph.constant(Nd4j.createFromArray(all)));      // [B * L * K * K, C]
        return rows.reshape(all.length / square, square, inChannels).permute(0, 2, 1).reshape(all.length / square, inputs());
    }

    private int inputs() {
        return window.kernel() * window.kernel() * inChannels;
    }
}
