package dev.selfsup.targetgenerator.vqkd;

import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ArgMax;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.Relu;
import java.util.random.RandomGenerator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A codebook of unit vectors that follow what they stand for by exponential moving averages (van den Oord et al. 2017, appendix A; on the sphere as in BEiT v2, NormEMAVectorQuantizer of
 * the reference). Buffers {@code embedding.weight} [K, D], {@code embedding.initted} [1], 0 until it has begun, and {@code cluster_size} [K]. In training entries and sizes change
 * whenever entries are looked up, after it; otherwise the sizes do.
 *
 * @param entries K
 * @param size D
 * @param decay part that an average keeps
 * @param fromClusters whether the entries begin as the middles of clusters of the first rows, else at random
 */
record Codebook(int entries, int size, double decay, boolean fromClusters) {
    private static final Normalize UNIT = new Normalize(1e-12);

    /**
     * The nearest entry of each row, and the change of the codebook.
     *
     * @param graph the codebook's place
     * @param rows [R, D]
     * @return int64 [R]
     */
    SDVariable entries(Graph graph, SDVariable rows) {
        SDVariable sizes = graph.buffer("cluster_size", DataType.FLOAT, Fill.ZEROS, entries);              // [K]
        SDVariable unit = graph.applyAll(UNIT, rows).get(0);                                                // [R, D]
        SDVariable codebook = begun(graph.in("embedding"), unit);                                           // [K, D]
        SDVariable nearest = nearest(graph, unit, codebook);                                                // [R]
        SDVariable count = graph.allReduce(graph.apply(new GatherRows.Gradient(entries), ones(graph, unit), nearest));   // [K, 1]
        graph.assign("cluster_size", sizes.mul(decay).add(count.reshape(entries).mul(1 - decay)));
        if (graph.training()) {
            SDVariable sum = graph.allReduce(graph.apply(new GatherRows.Gradient(entries), unit, nearest));    // [K, D]
            graph.in("embedding").assign("weight", followed(graph, codebook, sum, count));
        }
        return nearest;
    }

    private SDVariable begun(Graph graph, SDVariable unit) {
        SDVariable given = graph.buffer("weight", DataType.FLOAT, fromClusters ? Fill.ZEROS : Codebook::randomUnitVectors, entries, size);
        SDVariable begun = graph.buffer("initted", DataType.FLOAT, Fill.constant(fromClusters ? 0 : 1), 1);
        if (!fromClusters) {
            return given;
        }
        SDVariable order = graph.draw(Draw.permutation(), graph.shape(unit)[0]);                            // [R]
        SDVariable codebook = graph.apply(new FirstEntries(entries), unit, given, begun, order);
        graph.assign("weight", codebook);
        graph.assign("initted", begun.mul(0).add(1));
        return codebook;
    }

    private static SDVariable ones(Graph graph, SDVariable unit) {
        int rows = Math.toIntExact(graph.shape(unit)[0]);
        float[] ones = new float[rows];
        java.util.Arrays.fill(ones, 1);
        return graph.constant(ones, rows, 1);
    }

    /** The entry of the least distance, {@code |z|^2 + |e|^2 - 2 z e}, for each row. */
    private static SDVariable nearest(Graph graph, SDVariable unit, SDVariable codebook) {
        SDVariable ofRows = graph.math().square(unit).sum(true, 1);                                         // [R, 1]
        SDVariable ofEntries = graph.math().square(codebook).sum(1).reshape(1, graph.shape(codebook)[0]);
        SDVariable distances = ofRows.add(ofEntries).sub(graph.matmul(unit, codebook, false, true).mul(2));   // [R, K]
        return graph.apply(new ArgMax(), distances.neg());
    }

    /** Entries after they have followed the mean direction of their rows; those without rows stay. */
    private SDVariable followed(Graph graph, SDVariable codebook, SDVariable sum, SDVariable count) {
        SDVariable several = graph.apply(new Relu(), count.sub(1));                                         // [K, 1], rows beyond the first
        SDVariable used = graph.apply(new Relu(), count.rsub(1)).rsub(1);                                   // [K, 1], 1 or 0
        SDVariable direction = graph.applyAll(UNIT, sum.div(several.add(1))).get(0);
        SDVariable target = direction.mul(used).add(codebook.mul(used.rsub(1)));
        return graph.applyAll(UNIT, codebook.mul(decay).add(target.mul(1 - decay))).get(0);
    }

    private static void randomUnitVectors(float[] values, long[] shape, RandomGenerator random) {
        Fill.normal(0, 1).fill(values, shape, random);
        int size = (int) shape[1];
        for (int from = 0; from < values.length; from += size) {
            double square = 0;
            for (int i = from; i < from + size; i++) {
                square += (double) values[i] * values[i];
            }
            for (int i = from; i < from + size; i++) {
                values[i] /= (float) Math.sqrt(square);
            }
        }
    }
}
