package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph made ready to run: its operations in order, every array placed, every kernel prepared. Running it allocates
 * nothing. Gradients of trained weights go straight to {@link Weights#gradient}.
 */
public final class Plan {
    /**
     * What a plan computes.
     *
     * @param outputs by name
     * @param differentiate name of the output, a scalar, whose gradient by the trained weights is computed; empty for none
     * @param inputs names of inputs whose gradients are outputs too, as {@code grad_input/<name>}
     */
    public record Wanted(Map<String, SDVariable> outputs, String differentiate, List<String> inputs) {
        /** Values only. */
        public static Wanted values(Map<String, SDVariable> outputs) {
            return new Wanted(outputs, "", List.of());
        }
    }

    /**
     * What a run does, in numbers: these grow where a plan gets slower.
     *
     * @param kernels kernels run
     * @param reorders times that an array is brought from one layout into another
     * @param copies results copied to where they are wanted, because they could not be computed there
     * @param fallbacks our own operations for which the kernel set has no kernel
     * @param natives ND4J's operations that ND4J computes
     */
    public record Counts(int kernels, int reorders, int copies, List<String> fallbacks, List<String> natives) {}

    private final List<Kernel> kernels;
    private final List<String> names;
    private final List<Runnable> before;
    private final List<Runnable> after;
    private final List<Draw> draws;
    private final Map<String, INDArray> inputs;
    private final Map<String, INDArray> outputs;
    private final List<String> trained;
    private final Map<String, Long> counted;
    private final long bytes;
    private final Counts counts;

    Plan(PlanBuilder built) {
        this.kernels = List.copyOf(built.kernels);
        this.names = List.copyOf(built.names);
        this.before = List.copyOf(built.graph.shared().before);
        this.after = List.copyOf(built.graph.shared().after);
        this.draws = List.copyOf(built.graph.draws());
        this.inputs = new LinkedHashMap<>(built.placement.inputs());
        this.outputs = new LinkedHashMap<>(built.outputArrays);
        this.trained = List.copyOf(built.trained);
        this.counted = new LinkedHashMap<>(built.graph.shared().counted);
        this.bytes = built.placement.bytes();
        int reorders = kernels.stream().mapToInt(Kernel::reorders).sum();
        this.counts = new Counts(kernels.size(), reorders, built.copies, List.copyOf(built.fallbacks), List.copyOf(built.natives));
    }

    /**
     * Prepares a graph.
     *
     * @param graph the finished graph; its weights are allocated if they are not
     * @param wanted what to compute
     * @param kernels fast kernels to use
     * @return the plan
     * @throws IllegalArgumentException if the graph uses an operation that is not allowed; names it and its module
     */
    public static Plan of(Graph graph, Wanted wanted, Kernels kernels) {
        return new PlanBuilder(graph, wanted, kernels).build();
    }

    /** Computes the outputs, gradients and new state from the inputs. */
    public void run() {
        for (int i = 0; i < before.size(); i++) {
            before.get(i).run();
        }
        for (int i = 0; i < kernels.size(); i++) {
            kernels.get(i).run();
        }
        for (int i = 0; i < after.size(); i++) {
            after.get(i).run();
        }
    }

    /** The array of an input or draw, to be filled before running. */
    public INDArray input(String name) {
        INDArray array = inputs.get(name);
        if (array == null) {
            throw new IllegalArgumentException("the plan has no input " + name + "; it has " + inputs.keySet());
        }
        return array;
    }

    /** Names of the inputs, draws included, that the outputs depend on. */
    public List<String> inputs() {
        return List.copyOf(inputs.keySet());
    }

    /** The array of an output, valid until the next run. */
    public INDArray output(String name) {
        INDArray array = outputs.get(name);
        if (array == null) {
            throw new IllegalArgumentException("the plan has no output " + name + "; it has " + outputs.keySet());
        }
        return array;
    }

    /** All outputs by name. */
    public Map<String, INDArray> outputs() {
        return Collections.unmodifiableMap(outputs);
    }

    /** Names of the trained weights that get a gradient. */
    public List<String> trained() {
        return trained;
    }

    /** How many ones some inputs hold, by name: the plan is for no others. */
    public Map<String, Long> counted() {
        return Collections.unmodifiableMap(counted);
    }

    /** The random choices to be filled before each run. */
    public List<Draw> draws() {
        return draws;
    }

    /** Bytes of memory for intermediate arrays. */
    public long bytes() {
        return bytes;
    }

    /** What a run does, in numbers. */
    public Counts counts() {
        return counts;
    }

    /** Runs once, adding up the time of each kind of operation. */
    public Map<String, Long> profile() {
        Map<String, Long> nanos = new HashMap<>();
        before.forEach(Runnable::run);
        for (int i = 0; i < kernels.size(); i++) {
            long start = System.nanoTime();
            kernels.get(i).run();
            nanos.merge(names.get(i), System.nanoTime() - start, Long::sum);
        }
        after.forEach(Runnable::run);
        return nanos;
    }

    /** Operations of a plan, in order; for messages and tests. */
    public List<String> operations() {
        return new ArrayList<>(names);
    }
}
