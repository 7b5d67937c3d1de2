package dev.selfsup.transform;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import java.util.List;
import java.util.Optional;

/**
 * What a moved image shows: beyond its border, and between its pixels. These are the {@code hparams} of {@code RandAugment}, for all augmentations that do not say
 * otherwise.
 *
 * @param padVal value beyond the border, of each channel in the image's order, blue first, or one number; 128 if not given
 * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area} or {@code lanczos}
 */
public record Beyond(@Shorthand @Default("[]") List<Double> padVal, Optional<String> interpolation) {
    private static final int GREY = 128;

    public Beyond {
        padVal = List.copyOf(padVal);
        check((padVal.size() <= 1 || padVal.size() == 3) && padVal.stream().allMatch(value -> value >= 0 && value <= 255),
                "pad_val must be one number or three, from 0 to 255, not %s", padVal);
        interpolation.ifPresent(dev.selfsup.pixels.Warp::of);
    }

    /** What is given here, else there. */
    Beyond or(Beyond other) {
        return new Beyond(padVal.isEmpty() ? other.padVal : padVal, interpolation.or(other::interpolation));
    }

    /** Values of {@code pad_val}, as many as there are. */
    public int[] values() {
        return padVal.isEmpty() ? new int[] {GREY} : padVal.stream().mapToInt(value -> (int) Math.rint(value)).toArray();
    }

    /** Values of three channels; one number is that of all. */
    public int[] everyChannel() {
        int[] values = values();
        return values.length == 3 ? values : new int[] {values[0], values[0], values[0]};
    }
}
