package dev.selfsup.optimization;

import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Updates;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The updates of a run: after every loss call the gradient is accumulated and, when it is due, clipped and given to the optimizer.
 *
 * <pre>{@code
 * Optimization optimization = new Optimization(wrapper, new FlatBuffers(weights.parameters(), weights.flat(), weights.gradient()),
 *         Set.of(), updates, epochs * epochLength);
 * for (Batch batch : batches) {
 *     plan.run(batch);                          // writes the gradient of one loss call
 *     boolean changed = optimization.step();
 * }
 * }</pre>
 *
 * <p>Accumulation is the reference's: the mean gradient of {@code accumulative_counts} loss calls makes one update, and
 * that of the calls that remain at the end of the run another one.
 */
public final class Optimization {
    private static final String PREFIX = "optimizer/";
    private static final String ACCUMULATED = "accumulated_gradient";

    private final OptimWrapper wrapper;
    private final Updates updates;
    private final long runLength;
    private final List<ParamGroup> groups;
    private final GradientClipping clipping;
    private final List<Work> work;
    private final INDArray gradient;
    private final INDArray accumulated;
    private final Map<String, INDArray> state = new LinkedHashMap<>();
    private long calls;
    private long made;

    /** A slice of the weights and the group that it belongs to. */
    private record Work(ParamGroup group, Optimizer.Slice slice) {}

    /**
     * What a checkpoint keeps beside the arrays of {@link Optimization#state}.
     *
     * @param calls loss calls so far
     * @param updates updates so far
     * @param rates learning rate of each group
     */
    public record Counters(long calls, long updates, List<Double> rates) {
        /** Copies the list. */
        public Counters {
            rates = List.copyOf(rates);
        }
    }

    /**
     * Updates of a run, none made yet.
     *
     * @param wrapper the optimizer and its options
     * @param buffers the trained weights and their gradients
     * @param unreached names of weights that the loss does not depend on: they are left as they are, without decay
     * @param updates the passes over memory to use
     * @param runLength loss calls of the whole run
     */
    public Optimization(OptimWrapper wrapper, FlatBuffers buffers, Set<String> unreached, Updates updates, long runLength) {
        this.wrapper = wrapper;
        this.updates = updates;
        this.runLength = runLength;
        groups = wrapper.paramGroups().groups(wrapper.optimizer(), buffers.parameters());
        boolean accumulates = wrapper.accumulativeCounts() > 1;
        gradient = buffers.gradient();
        accumulated = accumulates ? buffers.like() : gradient;
        List<String> names = wrapper.optimizer().stateNames();
        List<INDArray> arrays = names.stream().map(n -> buffers.like()).toList();
        List<Parameter> reached = buffers.parameters().stream().filter(p -> !unreached.contains(p.name())).toList();
        for (Parameter parameter : reached) {
            for (int i = 0; i < names.size(); i++) {
                state.put(PREFIX + parameter.name() + "/" + names.get(i), buffers.view(arrays.get(i), parameter));
            }
            if (accumulates) {
                state.put(PREFIX + parameter.name() + "/" + ACCUMULATED, buffers.view(accumulated, parameter));
            }
        }
        work = work(buffers, reached, arrays);
        clipping = new GradientClipping(wrapper.clipGrad(), work.stream().map(w -> w.slice().gradient()).toList(), updates);
    }

    private List<Work> work(FlatBuffers buffers, List<Parameter> reached, List<INDArray> arrays) {
        Map<String, ParamGroup> groupOf = new LinkedHashMap<>();
        groups.forEach(g -> g.parameters().forEach(name -> groupOf.put(name, g)));
        List<Work> result = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= reached.size(); i++) {
            ParamGroup group = groupOf.get(reached.get(first).name());
            boolean joins = i < reached.size() && wrapper.optimizer().elementwise() && groupOf.get(reached.get(i).name()) == group
                    && buffers.end(reached.get(i - 1)) == buffers.start(reached.get(i));
            if (!joins) {
                long from = buffers.start(reached.get(first));
                long to = buffers.end(reached.get(i - 1));
                result.add(new Work(group, new Optimizer.Slice(FlatBuffers.slice(buffers.weights(), from, to),
                        FlatBuffers.slice(accumulated, from, to), arrays.stream().map(a -> FlatBuffers.slice(a, from, to)).toList())));
                first = i;
            }
        }
        return result;
    }

    /**
     * Takes the gradient of one loss call from the gradient buffer; call it once after every loss call.
     *
     * @return whether weights changed
     * @throws UsageException if the gradient's norm is not finite and {@code error_if_nonfinite} is set
     */
    public boolean step() {
        int counts = wrapper.accumulativeCounts();
        if (counts > 1) {
            long remainder = runLength % counts;
            long parts = calls < runLength - remainder || remainder == 0 ? counts : remainder;
            updates.add(accumulated, gradient, 1.0 / parts);
        }
        calls++;
        if (calls % counts != 0 && calls != runLength) {
            return false;
        }
        clipping.clip();
        for (Work item : work) {
            wrapper.optimizer().update(item.slice(), item.group(), made, updates);
        }
        made++;
        if (counts > 1) {
            accumulated.assign(0);
        }
        return true;
    }

    /** The groups, in the order of their first parameters; schedules change their rates. */
    public List<ParamGroup> groups() {
        return groups;
    }

    /** Norm of the gradient before the last clipping by norm; empty if there was none. */
    public OptionalDouble gradientNorm() {
        return clipping.lastNorm();
    }

    /**
     * The arrays to save, by name {@code optimizer/<parameter>/<state>}. They are the ones in use: to restore, assign
     * the saved values to them, then call {@link #restore}.
     */
    public Map<String, INDArray> state() {
        return Collections.unmodifiableMap(state);
    }

    /** The counters and rates to save. */
    public Counters counters() {
        return new Counters(calls, made, groups.stream().map(ParamGroup::rate).toList());
    }

    /**
     * Continues where saved counters stand.
     *
     * @throws UsageException if they are those of other groups
     */
    public void restore(Counters counters) {
        if (counters.rates().size() != groups.size()) {
            throw new UsageException("the checkpoint has %d parameter groups, this config makes %d: resume with the optim_wrapper it was saved with"
                    .formatted(counters.rates().size(), groups.size()));
        }
        calls = counters.calls();
        made = counters.updates();
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).setRate(counters.rates().get(i));
        }
    }
}
