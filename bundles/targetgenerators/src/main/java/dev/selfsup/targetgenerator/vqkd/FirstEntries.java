package dev.selfsup.targetgenerator.vqkd;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The codebook that a quantizer begins with: rows of length one [R, D], the codebook [K, D], whether it has begun [1], and the rows in some order, int64 [R], to the codebook [K, D]. Where
 * it has begun it stays; else it becomes the middles, of length one, of clusters of the rows by their cosine (k-means, {@value #ROUNDS} rounds), which begin as the first rows in that
 * order, again from the beginning where there are fewer rows than entries. No gradient.
 *
 * @param entries K
 */
record FirstEntries(int entries) implements Operation {
    static final int ROUNDS = 10;

    @Override
    public String name() {
        return "first_entries";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(in.get(1));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.nCopies(in.size(), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return () -> {
            if (in[2].getDouble(0) != 0) {
                out[0].assign(in[1]);
                return;
            }
            int size = (int) in[0].size(1);
            double[] middles = middles(in[0].dup('c').data().asDouble(), size, in[3]);
            out[0].assign(Nd4j.create(middles, new long[] {entries, size}, 'c').castTo(out[0].dataType()));
        };
    }

    private double[] middles(double[] rows, int size, INDArray order) {
        int count = rows.length / size;
        double[] middles = new double[entries * size];
        for (int k = 0; k < entries; k++) {
            System.arraycopy(rows, (int) order.getLong(k % count) * size, middles, k * size, size);
        }
        double[] sums = new double[middles.length];
        int[] members = new int[entries];
        for (int round = 0; round < ROUNDS; round++) {
            Arrays.fill(sums, 0);
            Arrays.fill(members, 0);
            for (int row = 0; row < rows.length; row += size) {
                int k = nearest(rows, row, middles, size);
                members[k]++;
                for (int d = 0; d < size; d++) {
                    sums[k * size + d] += rows[row + d];
                }
            }
            move(middles, sums, members, size);
        }
        return middles;
    }

    private int nearest(double[] rows, int row, double[] middles, int size) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < entries; k++) {
            double product = 0;
            for (int d = 0; d < size; d++) {
                product += rows[row + d] * middles[k * size + d];
            }
            if (product > most) {
                most = product;
                best = k;
            }
        }
        return best;
    }

    /** Middles become the direction of the sum of their members; those without any stay. */
    private void move(double[] middles, double[] sums, int[] members, int size) {
        for (int k = 0; k < entries; k++) {
            double square = 0;
            for (int d = k * size; d < (k + 1) * size; d++) {
                square += sums[d] * sums[d];
            }
            for (int d = k * size; members[k] > 0 && d < (k + 1) * size; d++) {
                middles[d] = sums[d] / Math.max(Math.sqrt(square), 1e-12);
            }
        }
    }
}
