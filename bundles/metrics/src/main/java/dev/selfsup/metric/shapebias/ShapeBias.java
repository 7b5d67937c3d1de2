package dev.selfsup.metric.shapebias;

import java.util.List;

/**
 * How often somebody went by the shape of what images of conflicting cues show, of the decisions that were for shape or for texture (ImageNet-trained CNNs are biased towards
 * texture, Geirhos et al., ICLR 2019, <a href="https://arxiv.org/abs/1811.12231">arXiv:1811.12231</a>). Images whose shape and texture are of one category do not count.
 *
 * @param images all of them
 * @param shape decisions for the shape
 * @param texture decisions for the texture
 */
public record ShapeBias(int images, int shape, int texture) {
    /** Counts. */
    public static ShapeBias of(List<Decision> decisions) {
        List<Decision> conflicts = decisions.stream().filter(decision -> !decision.category().equals(decision.texture())).toList();
        return new ShapeBias(decisions.size(), (int) conflicts.stream().filter(decision -> decision.response().equals(decision.category())).count(),
                (int) conflicts.stream().filter(decision -> decision.response().equals(decision.texture())).count());
    }

    /** 1 for shape alone, 0 for texture alone; NaN without any decision for either. */
    public double value() {
        return shape / (double) (shape + texture);
    }
}
