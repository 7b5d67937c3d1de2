package dev.selfsup.preprocessor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.UsageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes floats of an image: {@code (value - mean) / std} in 32 bits, channel by channel, after the channels were put in
 * the order asked for.
 */
public final class Normalization {
    private static final int VALUES = 256;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private final ChannelStatistics statistics;
    private final boolean reverse;
    private final float[][] tables;                                                  // normalised value by channel and 8-bit value

    /**
     * Normalisation.
     *
     * @param mean mean of each channel of the result, or one for all; without it values stay 0 to 255
     * @param std standard deviations, given where {@code mean} is
     * @param padSizeDivisor has no effect, as in the reference: the images of a batch have one size
     * @param padValue has no effect
     * @param bgrToRgb whether the channels are reversed
     * @param rgbToBgr the same
     * @param nonBlocking has no effect
     */
    public record Config(@Shorthand Optional<List<Double>> mean, @Shorthand Optional<List<Double>> std,
            @Default("1") int padSizeDivisor, @Default("0") double padValue, @Default("false") boolean bgrToRgb,
            @Default("false") boolean rgbToBgr, @Default("false") boolean nonBlocking) {
        public Config {
            check(mean.isPresent() == std.isPresent(), "mean and std must be given together");
            mean.ifPresent(values -> channels("mean", values));
            std.ifPresent(values -> channels("std", values));
            check(std.stream().flatMap(List::stream).allMatch(value -> value > 0), "std must be positive, not %s", std.orElse(List.of()));
            check(!bgrToRgb || !rgbToBgr, "bgr_to_rgb and rgb_to_bgr must not both be true");
            check(padSizeDivisor > 0, "pad_size_divisor must be positive, not %d", padSizeDivisor);
        }

        private static void channels(String key, List<Double> values) {
            check(values.size() == 1 || values.size() == 3, "%s must have 1 or 3 values, not %s", key, values);
        }
    }

    /** From a config. */
    public Normalization(Config config) {
        List<Double> mean = config.mean.orElse(List.of(0.0));
        List<Double> std = config.std.orElse(List.of(1.0));
        this.statistics = new ChannelStatistics(mean, std);
        this.reverse = config.bgrToRgb || config.rgbToBgr;
        this.tables = new float[Math.max(mean.size(), std.size())][VALUES];
        for (int c = 0; c < tables.length; c++) {
            float m = mean.get(Math.min(c, mean.size() - 1)).floatValue();
            float s = std.get(Math.min(c, std.size() - 1)).floatValue();
            for (int value = 0; value < VALUES; value++) {
                tables[c][value] = (value - m) / s;
            }
        }
    }

    /** Mean and deviation of the channels of the result: 0 and 1 where values stay as they are. */
    public ChannelStatistics statistics() {
        return statistics;
    }

    /** Shape of the result, [C, H, W]. A grey image becomes as many channels as there are means, as PyTorch broadcasts it. */
    public int[] shape(Image image) {
        return new int[] {channels(image), image.height(), image.width()};
    }

    /**
     * Shapes of the results of a sample's images, each by its own normalisation.
     *
     * @param each normalisations of the pictures of a sample
     * @param images as many images, or one, whose features are wanted
     */
    public static List<int[]> shapes(List<Normalization> each, List<Image> images) {
        if (images.size() != 1 && images.size() != each.size()) {
            throw new UsageException("data_preprocessor: a sample must have " + each.size() + " pictures, not " + images.size()
                    + "; put RandomResizedCropAndInterpolationWithTwoPic with second_size into train_dataloader.dataset.pipeline");
        }
        return IntStream.range(0, images.size()).mapToObj(i -> each.get(i).shape(images.get(i))).toList();
    }

    private int channels(Image image) {
        if (image.channels() != 3 && reverse) {
            throw new UsageException("data_preprocessor: bgr_to_rgb and rgb_to_bgr need images of 3 channels, not " + image.channels()
                    + "; set keep_channels: true in RandomGrayscale");
        }
        return Math.max(image.channels(), tables.length);
    }

    /**
     * Writes the result.
     *
     * @param image the image
     * @param out the result is written as [C, H, W] in C order
     * @param offset where it begins in {@code out}
     */
    public void write(Image image, float[] out, int offset) {
        int channels = channels(image);
        if (image.channels() == 3) {
            color(image, out, offset);
            return;
        }
        int pixels = image.width() * image.height();
        for (int c = 0; c < channels; c++) {
            float[] table = tables[Math.min(c, tables.length - 1)];
            for (int i = 0; i < pixels; i++) {
                out[offset + c * pixels + i] = table[image.data()[i] & 255];
            }
        }
    }

    /**
     * The image whose result has some values: {@link #write} the other way round, rounded to levels of 0 to 255.
     *
     * @param values [C, H, W] in C order
     * @param shape C, H and W
     */
    public Image image(float[] values, int... shape) {
        int channels = shape[0];
        int pixels = shape[1] * shape[2];
        Image image = Image.create(shape[2], shape[1], channels);
        for (int c = 0; c < channels; c++) {
            float[] table = tables[Math.min(c, tables.length - 1)];
            float zero = table[0];
            float step = (table[VALUES - 1] - zero) / (VALUES - 1);
            int channel = reverse ? channels - 1 - c : c;
            for (int i = 0; i < pixels; i++) {
                image.data()[i * channels + channel] = (byte) Math.min(VALUES - 1, Math.max(0, Math.round((values[c * pixels + i] - zero) / step)));
            }
        }
        return image;
    }

    private void color(Image image, float[] out, int offset) {
        int pixels = image.width() * image.height();
        byte[] data = image.data();
        float[] first = table(0);
        float[] second = table(1);
        float[] third = table(2);
        int from = offset + (reverse ? 2 * pixels : 0);
        int middle = offset + pixels;
        int to = offset + (reverse ? 0 : 2 * pixels);
        int last = pixels - 1;
        for (int i = 0, p = 0; i < last; i++, p += 3) {                              // four bytes at once, of which three count
            int pixel = (int) INT.get(data, p);
            out[from + i] = first[pixel & 255];
            out[middle + i] = second[pixel >> 8 & 255];
            out[to + i] = third[pixel >> 16 & 255];
        }
        out[from + last] = first[data[last * 3] & 255];
        out[middle + last] = second[data[last * 3 + 1] & 255];
        out[to + last] = third[data[last * 3 + 2] & 255];
    }

    /** The table of a channel of the image. */
    private float[] table(int channel) {
        return tables[Math.min(reverse ? 2 - channel : channel, tables.length - 1)];
    }
}
