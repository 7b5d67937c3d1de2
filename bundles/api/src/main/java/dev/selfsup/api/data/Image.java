package dev.selfsup.api.data;

import java.util.Objects;

/**
 * An image of 8-bit samples, rows top to bottom, channels interleaved: {@code data[(y * width + x) * channels + c]}.
 * Three channels are in BGR order, as the reference's image reader gives them.
 *
 * @param width columns
 * @param height rows
 * @param channels 1 or 3
 * @param data samples, [height, width, channels]; its content may be changed by the transform that holds the image
 */
public record Image(int width, int height, int channels, byte[] data) {
    public Image {
        Objects.requireNonNull(data);
        if (width < 1 || height < 1 || channels < 1 || data.length < (long) width * height * channels) {
            throw new IllegalArgumentException("an image of " + width + "x" + height + "x" + channels + " does not fit "
                    + data.length + " bytes");
        }
    }

    /** An image of zeros. */
    public static Image create(int width, int height, int channels) {
        return new Image(width, height, channels, new byte[width * height * channels]);
    }
}
