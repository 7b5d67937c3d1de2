package dev.selfsup.runtime.export;

import dev.selfsup.engine.Listing;
import java.util.Arrays;
import java.util.List;

/**
 * What of a network depends on the number of images: found by building it for two numbers. Sizes that differ are the free ones of the exported network.
 *
 * @param some the network for some number of images
 * @param more the same network for another number
 */
record OnnxShapes(Listing some, Listing more) {
    /** Checks that both consist of the same steps. */
    OnnxShapes {
        List<String> kinds = some.steps().stream().map(Listing.Step::kind).toList();
        if (!kinds.equals(more.steps().stream().map(Listing.Step::kind).toList())) {
            throw new UnsupportedOperationException("it consists of other operations for another number of images");
        }
    }

    /** The shape of a variable; -1 where it depends on the number of images. */
    long[] of(String name) {
        long[] shape = some.shape(name);
        long[] other = more.shape(name);
        for (int i = 0; i < shape.length; i++) {
            shape[i] = shape[i] == other[i] ? shape[i] : -1;
        }
        return shape;
    }

    /** Whether a shape depends on the number of images. */
    static boolean free(long... shape) {
        return Arrays.stream(shape).anyMatch(size -> size < 0);
    }

    /** The shape, of which ONNX can work out at most one size. */
    long[] target(String name) {
        long[] shape = of(name);
        if (Arrays.stream(shape).filter(size -> size < 0).count() > 1) {
            throw new UnsupportedOperationException("its shape depends on the number of images in more than one place");
        }
        return shape;
    }
}
