package dev.selfsup.engine.op;

import dev.selfsup.engine.Views;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where queries, keys, values and results of attention lie: views of arrays as [B, H, N, D] without copies.
 *
 * @param batch sequences B
 * @param length tokens of a sequence N
 * @param count heads H
 * @param width of a head D
 */
record Packed(long batch, long length, long count, long width) {
    /** Shape of queries, keys, values and results. */
    long[] heads() {
        return new long[] {batch, count, length, width};
    }

    INDArray query(INDArray packed) {
        return part(packed, 0);
    }

    INDArray key(INDArray packed) {
        return part(packed, 1);
    }

    INDArray value(INDArray packed) {
        return part(packed, 2);
    }

    /** A third of the columns of a packed array [B * N, 3 * H * D]. */
    private INDArray part(INDArray packed, int third) {
        long row = 3 * count * width;
        return Views.of(packed, third * count * width, heads(), new long[] {length * row, width, row, 1});
    }

    /** A result [B * N, H * D]. */
    INDArray merged(INDArray result) {
        long row = count * width;
        return Views.of(result, 0, heads(), new long[] {length * row, width, row, 1});
    }

    /** Scores or probabilities as [B, H, N, N]. */
    INDArray scores(INDArray array) {
        return Views.shaped(array, batch, count, length, length);
    }

    /** Scores or probabilities as rows [B * H * N, N]. */
    INDArray rows(INDArray array) {
        return Views.shaped(array, batch * count * length, length);
    }
}
