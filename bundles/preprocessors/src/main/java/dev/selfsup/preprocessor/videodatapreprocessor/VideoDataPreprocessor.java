package dev.selfsup.preprocessor.videodatapreprocessor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.preprocessor.Normalization;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Normalises the frames of videos, a sample's images. As {@code NCHW} every frame is an input of its own, [C, H, W]; as {@code NCTHW} all are one, [C, T, H, W], in which each channel
 * has its frames one after the other, so that a batch is [N * C, T, H, W], in memory the reference's [N, C, T, H, W].
 */
public final class VideoDataPreprocessor implements DataPreprocessor {
    private final Normalization normalization;
    private final boolean clips;

    /**
     * Normalisation.
     *
     * @param mean mean of each channel of the result, or one for all; without it values stay 0 to 255
     * @param std standard deviations, given where {@code mean} is
     * @param padSizeDivisor has no effect, as in the reference: the frames of a batch have one size
     * @param padValue has no effect
     * @param bgrToRgb whether the channels are reversed
     * @param formatShape {@code NCHW} or {@code NCTHW}
     */
    public record Config(@Shorthand Optional<List<Double>> mean, @Shorthand Optional<List<Double>> std, @Default("1") int padSizeDivisor,
            @Default("0") double padValue, @Default("false") boolean bgrToRgb, @Default("NCHW") String formatShape) {
        public Config {
            check(List.of("NCHW", "NCTHW").contains(formatShape), "format_shape must be NCHW or NCTHW, not %s", formatShape);
            new Normalization.Config(mean, std, padSizeDivisor, padValue, bgrToRgb, false, false);
        }
    }

    /** From a config. */
    public VideoDataPreprocessor(Config config) {
        this.normalization = new Normalization(
                new Normalization.Config(config.mean, config.std, config.padSizeDivisor, config.padValue, config.bgrToRgb, false, false));
        this.clips = config.formatShape.equals("NCTHW");
    }

    @Override
    public List<int[]> shapes(List<Image> frames) {
        List<int[]> shapes = frames.stream().map(normalization::shape).toList();
        if (!clips) {
            return shapes;
        }
        int[] first = shapes.get(0);
        for (int[] shape : shapes) {
            if (!Arrays.equals(shape, first)) {
                throw new UsageException("VideoDataPreprocessor: the frames of a clip must have one size, not " + Arrays.toString(first) + " and " + Arrays.toString(shape)
                        + "; end train_dataloader.dataset.pipeline with transforms of a fixed size");
            }
        }
        return List.of(new int[] {first[0], frames.size(), first[1], first[2]});
    }

    @Override
    public void write(List<Image> frames, int input, float[] out, int offset) {
        if (!clips) {
            normalization.write(frames.get(input), out, offset);
            return;
        }
        int[] shape = normalization.shape(frames.get(0));
        int area = shape[1] * shape[2];
        float[] frame = new float[DataPreprocessor.length(shape)];
        for (int t = 0; t < frames.size(); t++) {
            normalization.write(frames.get(t), frame, 0);
            for (int c = 0; c < shape[0]; c++) {
                System.arraycopy(frame, c * area, out, offset + (c * frames.size() + t) * area, area);
            }
        }
    }

    @Override
    public Optional<ChannelStatistics> normalization(int input) {
        return Optional.of(normalization.statistics());
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "VideoDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Config> {
        @Override
        public DataPreprocessor create(Config config) {
            return new VideoDataPreprocessor(config);
        }
    }
}
