package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.any;
import static dev.selfsup.engine.onednn.Sequence.layout;

import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays of images: [N, C, H, W] in C order, or in blocks of channels, [N, C / b, H, W, b]. */
final class Images {
    /** Channels of a convolution that tells which blocks oneDNN likes. */
    private static final long CHANNELS = 64;

    private Images() {}

    /** [N, C, H, W], however the images lie. */
    static long[] shape(INDArray images) {
        long[] shape = images.shape();
        return shape.length == 5 ? new long[] {shape[0], shape[1] * shape[4], shape[2], shape[3]} : shape;
    }

    /** How they lie. */
    static memory.desc layoutOf(INDArray images) {
        return images.rank() == 5 ? blocks(shape(images), (int) images.size(4)) : layout(images.shape());
    }

    /** In blocks of channels. */
    static memory.desc blocks(long[] shape, int block) {
        return new memory.desc(shape, memory.data_type.f32, switch (block) {
            case 16 -> format_tag.nChw16c;
            case 8 -> format_tag.nChw8c;
            default -> throw new IllegalArgumentException("blocks of " + block + " channels");
        });
    }

    /** The block in which convolutions are fastest on this processor, as oneDNN says; 1 for none. */
    static int block() {
        long[] shape = {1, CHANNELS, 16, 16};
        long[] ones = {1, 1};
        convolution_forward.primitive_desc description = new convolution_forward.primitive_desc(
                new convolution_forward.desc(prop_kind.forward_training.value, algorithm.convolution_direct.value, any(shape),
                        any(CHANNELS, CHANNELS, 3, 3), any(shape), ones, ones, ones),
                ENGINE);
        for (int block : new int[] {16, 8}) {
            if (description.dst_desc().equals(blocks(shape, block))) {
                return block;
            }
        }
        return 1;
    }
}
