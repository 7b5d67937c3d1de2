package dev.selfsup.onnx;

import dev.selfsup.api.data.ChannelStatistics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an ONNX file of some kind must be like: one input {@code image}, float32 [N, 3, H, W] with a free N, and some outputs whose first dimension is N.
 *
 * @param kind what the network is, for messages: {@code the DALL-E tokenizer}
 * @param chapter where docs/targets.md tells how such a file is made, as {@code dall-e}
 * @param normalization what its images must be like, unless the file says otherwise in its metadata {@code mean} and {@code std}
 * @param outputs the outputs that are used, in order; the file may have more
 */
public record Contract(String kind, String chapter, Optional<ChannelStatistics> normalization, List<Output> outputs) {
    /** Name of the one input. */
    public static final String INPUT = "image";

    /**
     * An output of the file.
     *
     * @param name its name
     * @param integer whether it is int64 rather than float32
     * @param rank its dimensions, that of the batch included
     * @param classes where the loss reads only the index of the largest value along the second dimension, how long that must be; empty where the loss reads all
     * @param inspected whether the loss does not read it, only those who compare whole results do; these come last
     */
    public record Output(String name, boolean integer, int rank, OptionalInt classes, boolean inspected) {
        /** Real numbers. */
        public static Output real(String name, int rank) {
            return new Output(name, false, rank, OptionalInt.empty(), false);
        }

        /** Indices. */
        public static Output indices(String name, int rank) {
            return new Output(name, true, rank, OptionalInt.empty(), false);
        }

        /** Scores [N, classes, ...] of which the loss reads the index of the best, [N, ...]. */
        public static Output scores(String name, int rank, int classes) {
            return new Output(name, false, rank, OptionalInt.of(classes), false);
        }

        /** The same, which the loss does not read. */
        public Output inspectedOnly() {
            return new Output(name, integer, rank, classes, true);
        }
    }

    /** Where to read how such a file is made. */
    String advice() {
        return "docs/targets.md#" + chapter + " tells where " + kind + " comes from, how to export it and what its file must be like";
    }
}
