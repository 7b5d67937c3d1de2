package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.MoveRows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Images to a map of tokens, by a convolution {@code projection} and a normalisation {@code norm}: [B, C', H', W'] to [B * H * W, C].
 *
 * @param inChannels channels of the images, C'
 * @param channels channels of a token, C
 * @param window what a token sees
 * @param bias whether the convolution has a bias
 * @param norm normalisation, if there is one
 */
public record ImageTokens(int inChannels, int channels, SlidingWindow window, boolean bias, Optional<Norm> norm) {
    /**
     * The {@code patch_cfg} of a transformer.
     *
     * @param inChannels channels of the images, if not those of the transformer
     * @param kernelSize rows and columns of pixels that a token sees, if not patch_size
     * @param stride rows and columns of pixels between tokens, if not patch_size
     * @param padding zeros around the image: their number, or corner or same for as many as needed
     * @param dilation distance of the pixels that a token sees
     * @param bias whether tokens have a bias
     * @param normCfg normalisation of tokens; null for none
     * @param convType the kind of convolution: Conv2d
     */
    public record Options(OptionalInt inChannels, OptionalInt kernelSize, OptionalInt stride, @Default("corner") Object padding, @Default("1") int dilation,
            @Default("true") boolean bias, @Default("{type: LN}") Optional<Norm> normCfg, @Default("Conv2d") String convType) {
        public Options {
            check(convType.equals("Conv2d"), "conv_type must be Conv2d, not %s", convType);
        }

        /**
         * The tokens of a transformer.
         *
         * @param channels channels of the images
         * @param embedDims channels of a token
         * @param patchSize rows and columns of pixels of a patch
         */
        public ImageTokens of(int channels, int embedDims, int patchSize) {
            SlidingWindow window = new SlidingWindow(kernelSize.orElse(patchSize), stride.orElse(patchSize), padding, dilation);
            return new ImageTokens(inChannels.orElse(channels), embedDims, window, bias, normCfg);
        }
    }

    /** Rows and columns of tokens of images of a size that is one number or two. */
    public long[] grid(List<Integer> imageSize) {
        check(imageSize.size() == 1 || imageSize.size() == 2, "img_size must be one number or two, not %s", imageSize);
        return new long[] {window.count(imageSize.get(0)), window.count(imageSize.get(imageSize.size() - 1))};
    }

    /** Makes the weights. */
    public Function<SDVariable, TokenMap> build(Graph graph) {
        Layer projection = new Conv2d(inChannels, channels, window.kernel(), window.stride(), 0, window.dilation(), 1, bias).build(graph.in("projection"));
        Layer normalised = norm.map(n -> n.build(graph.in("norm"), channels)).orElse(Layer.IDENTITY);
        return images -> {
            int height = window.count((int) graph.shape(images)[2]);
            int width = window.count((int) graph.shape(images)[3]);
            return new TokenMap(graph.call(List.of(images), in -> {
                SDVariable features = projection.apply(padded(graph, in.get(0)));                   // [B, C, H, W]
                long rows = graph.shape(features)[0] * height * width;
                return List.of(normalised.apply(features.permute(0, 2, 3, 1).reshape(rows, channels)));
            }).get(0), height, width);
        };
    }

    private SDVariable padded(Graph graph, SDVariable images) {
        long[] shape = graph.shape(images);
        int height = (int) shape[2];
        int width = (int) shape[3];
        if (!window.pads(height, width)) {
            return images;
        }
        SDVariable pixels = images.reshape(shape[0] * shape[1] * height * width, 1);
        SDVariable padded = graph.apply(new MoveRows(window.places(height, width), height * width), pixels);
        return padded.reshape(shape[0], shape[1], window.padded(height), window.padded(width));
    }
}
