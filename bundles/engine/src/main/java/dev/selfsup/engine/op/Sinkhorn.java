package dev.selfsup.engine.op;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Soft assignment of samples to clusters such that all clusters get the same mass, by the algorithm of Sinkhorn and Knopp (SwAV, Caron et al. 2020,
 * <a href="https://arxiv.org/abs/2006.09882">arXiv:2006.09882</a>, section 3.1): scores [N, K] to assignments [N, K], whose rows sum to 1. No gradient.
 *
 * <p>A second and third input are the scores [L, K] of earlier samples, which are assigned too, and the oldest of these samples [D]: while it is all
 * zero there are none yet, and the earlier scores do not count. Where a cluster gets no mass at all, 1e-12 is added everywhere.
 *
 * <p>Clusters share the samples of all processes: the mass of a cluster is always that of all. (The reference adds it up only where a cluster has none,
 * so that its assignments differ from those of one process with the whole batch.)
 *
 * @param iterations normalisations of clusters and samples in turn
 * @param epsilon divides the scores: the smaller, the harder the assignment
 * @param collectives the processes
 */
public record Sinkhorn(int iterations, double epsilon, Collectives collectives) implements Operation {
    private static final double RESCUE = 1e-12;

    @Override
    public String name() {
        return "sinkhorn";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        boolean fits = in.get(0).length == 2 && (in.size() == 1 || in.size() == 3 && in.get(1).length == 2 && in.get(1)[1] == in.get(0)[1]);
        if (!fits) {
            throw new IllegalArgumentException(name() + " takes scores [N, K], or these, scores [L, K] and a sample [D], not "
                    + in.stream().map(Arrays::toString).toList());
        }
        return List.of(in.get(0));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.nCopies(in.size(), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        long earlier = in.length == 1 ? 0 : in[1].size(0);
        long own = in[0].size(0);
        long clusters = in[0].size(1);
        INDArray all = Steps.temporary(earlier + own, clusters);
        INDArray newest = Views.at(all, earlier * clusters, own, clusters);
        Steps alone = new Steps();
        alone.copy(in[0], newest);
        assign(alone, newest);
        alone.copy(newest, out[0]);
        if (in.length == 1) {
            return alone;
        }
        Steps together = new Steps();
        together.copy(in[1], Views.at(all, 0, earlier, clusters));
        together.copy(in[0], newest);
        assign(together, all);
        together.copy(newest, out[0]);
        INDArray size = Steps.temporary();
        Steps look = new Steps().then("reduce_norm1", List.of(in[2]), List.of(size));
        return () -> {
            look.run();
            (size.getDouble(0) == 0 ? alone : together).run();
        };
    }

    /** From scores to assignments, in their place. */
    private void assign(Steps steps, INDArray q) {
        long samples = q.size(0) * collectives.size();
        INDArray clusters = Steps.number(q.size(1));
        INDArray total = Steps.temporary();
        INDArray ofCluster = Steps.temporary(q.size(1));
        INDArray ofSample = Steps.temporary(q.size(0));
        steps.divide(q, Steps.number(epsilon), q);
        steps.exp(q, q);
        steps.sum(q, total, 0, 1);
        reduce(steps, total);
        steps.divide(q, total, q);
        for (int i = 0; i < iterations; i++) {
            mass(steps, q, ofCluster);
            steps.divide(q, Views.shaped(ofCluster, 1, q.size(1)), q);
            steps.divide(q, clusters, q);
            steps.sum(q, ofSample, 1);
            steps.divide(q, Views.shaped(ofSample, q.size(0), 1), q);
            steps.divide(q, Steps.number(samples), q);
        }
        steps.multiply(q, Steps.number(samples), q);
    }

    /** The mass of every cluster, [K]; none is left without. */
    private void mass(Steps steps, INDArray q, INDArray mass) {
        INDArray least = Steps.temporary();
        Steps rescue = new Steps();
        rescue.add(q, Steps.number(RESCUE), q);
        rescue.sum(q, mass, 0);
        reduce(rescue, mass);
        steps.sum(q, mass, 0);
        reduce(steps, mass);
        steps.then("reduce_min", List.of(mass), List.of(least)).then(() -> {
            if (least.getDouble(0) == 0) {
                rescue.run();
            }
        });
    }

    private void reduce(Steps steps, INDArray sum) {
        if (collectives.size() > 1) {
            steps.then(() -> collectives.allReduce(sum));
        }
    }
}
