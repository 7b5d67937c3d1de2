package dev.selfsup.pixels;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.data.Image;
import java.util.List;

/**
 * A way to resize. Threads share one instance.
 *
 * <pre>{@code
 * Resampling bicubic = Resampling.of("pillow", "bicubic");
 * Image small = bicubic.resize(image, Box.all(image), 224, 224);
 * }</pre>
 */
public sealed interface Resampling permits Nearest, PillowFilter, CvTaps, CvArea, CvExact {
    /**
     * Resizes a part of an image as if it were cut out first: nothing outside of the box enters the result.
     *
     * @param source the image; not changed
     * @param box the part, inside the image
     * @param width columns of the result
     * @param height rows of the result
     * @return a new image
     */
    Image resize(Image source, Box box, int width, int height);

    /**
     * The resampling of a config.
     *
     * @param backend {@code pillow}, which averages over the area that a result pixel covers, or {@code cv2}, which does
     *     so only for {@code area}
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code lanczos}; with cv2 also
     *     {@code area}, with pillow also {@code box}, {@code hamming}
     * @throws IllegalArgumentException if there is none; the message says which there are
     */
    static Resampling of(String backend, String interpolation) {
        List<String> known = interpolations(backend);
        check(known.contains(interpolation), "interpolation must be one of %s with backend %s, not %s", known, backend, interpolation);
        if (interpolation.equals("nearest")) {
            return backend.equals("pillow") ? Nearest.PILLOW : Nearest.CV2;
        }
        if (backend.equals("pillow")) {
            return PillowFilter.valueOf(interpolation.toUpperCase(java.util.Locale.ROOT));
        }
        return interpolation.equals("area") ? CvArea.AREA : CvTaps.valueOf(interpolation.toUpperCase(java.util.Locale.ROOT));
    }

    /** OpenCV's {@code INTER_LINEAR_EXACT}, which no config names. */
    static Resampling exactlyBilinear() {
        return CvExact.BILINEAR;
    }

    private static List<String> interpolations(String backend) {
        check(backend.equals("cv2") || backend.equals("pillow"), "backend must be cv2 or pillow, not %s", backend);
        return backend.equals("cv2") ? List.of("nearest", "bilinear", "bicubic", "area", "lanczos")
                : List.of("nearest", "bilinear", "bicubic", "box", "lanczos", "hamming");
    }
}
