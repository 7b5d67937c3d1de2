package dev.selfsup.optimization;

import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Updates;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final String CALLS = "optimizer/loss_calls";
    private static final String UPDATES = "optimizer/updates";
    private static final String RATES = "optimizer/rates";
    private static final String MISSED = "optimizer/missed/";
    private static final String REMEDY = "resume with the model and optim_wrapper that it was saved with";

    private final OptimWrapper wrapper;
    private final Updates updates;
    private final long runLength;
    private final List<ParamGroup> groups;
    private final FlatBuffers buffers;
    private final List<Parameter> reached;
    private final List<INDArray> arrays;
    private final INDArray gradient;
    private final INDArray accumulated;
    private final Map<String, INDArray> state = new LinkedHashMap<>();
    private final Map<String, Long> missed = new LinkedHashMap<>();
    private GradientClipping clipping;
    private List<Work> work;
    private Set<String> frozen = Set.of();
    private long frozenAt;
    private long calls;
    private long made;

    /**
     * A slice of the weights and the group that it belongs to.
     *
     * @param missed updates that were made without it
     */
    private record Work(ParamGroup group, Optimizer.Slice slice, long missed) {}

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
        this.buffers = buffers;
        gradient = buffers.gradient();
        accumulated = accumulates ? buffers.like() : gradient;
        List<String> names = wrapper.optimizer().stateNames();
        arrays = names.stream().map(n -> buffers.like()).toList();
        reached = buffers.parameters().stream().filter(p -> !unreached.contains(p.name())).toList();
        for (Parameter parameter : reached) {
            for (int i = 0; i < names.size(); i++) {
                state.put(PREFIX + parameter.name() + "/" + names.get(i), buffers.view(arrays.get(i), parameter));
            }
            if (accumulates) {
                state.put(PREFIX + parameter.name() + "/" + ACCUMULATED, buffers.view(accumulated, parameter));
            }
        }
        plan();
    }

    /** Decides what the next updates change. */
    private void plan() {
        work = work(reached.stream().filter(p -> !frozen.contains(p.name())).toList());
        clipping = new GradientClipping(wrapper.clipGrad(), work.stream().map(w -> w.slice().gradient()).toList(), updates);
    }

    private List<Work> work(List<Parameter> changed) {
        Map<String, ParamGroup> groupOf = new LinkedHashMap<>();
        groups.forEach(g -> g.parameters().forEach(name -> groupOf.put(name, g)));
        List<Work> result = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= changed.size(); i++) {
            ParamGroup group = groupOf.get(changed.get(first).name());
            long late = missed(changed.get(first).name());
            boolean joins = i < changed.size() && wrapper.optimizer().elementwise() && groupOf.get(changed.get(i).name()) == group
                    && missed(changed.get(i).name()) == late && buffers.end(changed.get(i - 1)) == buffers.start(changed.get(i));
            if (!joins) {
                long from = buffers.start(changed.get(first));
                long to = buffers.end(changed.get(i - 1));
                result.add(new Work(group, new Optimizer.Slice(FlatBuffers.slice(buffers.weights(), from, to),
                        FlatBuffers.slice(accumulated, from, to), arrays.stream().map(a -> FlatBuffers.slice(a, from, to)).toList()), late));
                first = i;
            }
        }
        return result;
    }

    /** Updates that were made without a weight. */
    private long missed(String parameter) {
        return missed.getOrDefault(parameter, 0L) + (frozen.contains(parameter) ? made - frozenAt : 0);
    }

    /**
     * Leaves weights as they are from now on, as if they had no gradient: without decay and momentum. An optimizer that counts its updates of a weight
     * does not count those that it misses.
     *
     * @param names all weights that are left alone; those of an earlier call are not any more
     */
    public void freeze(Set<String> names) {
        if (names.equals(frozen)) {
            return;
        }
        reached.stream().map(Parameter::name).filter(frozen::contains).forEach(name -> missed.put(name, missed(name)));
        if (accumulated != gradient) {
            reached.stream().filter(p -> frozen.contains(p.name()) && !names.contains(p.name())).forEach(p -> buffers.view(accumulated, p).assign(0));
        }
        frozen = Set.copyOf(names);
        frozenAt = made;
        plan();
    }

    /**
     * Takes the gradient of one loss call from the gradient buffer; call it once after every loss call. From the third update on nothing is allocated.
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
        for (int i = 0; i < work.size(); i++) {
            Work item = work.get(i);
            wrapper.optimizer().update(item.slice(), item.group(), made - item.missed(), updates);
        }
        made++;
        if (counts > 1) {
            updates.fill(accumulated, 0);
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
     * What to save: arrays named {@code optimizer/<parameter>/<state>}, the ones in use and not copies, and counters
     * and rates as numbers.
     */
    public State state() {
        Map<String, double[]> numbers = new LinkedHashMap<>(Map.of(
                CALLS, new double[] {calls},
                UPDATES, new double[] {made},
                RATES, groups.stream().mapToDouble(ParamGroup::rate).toArray()));
        reached.stream().map(Parameter::name).filter(name -> missed(name) > 0).forEach(name -> numbers.put(MISSED + name, new double[] {missed(name)}));
        return new State(state, numbers);
    }

    /**
     * Continues from a saved state.
     *
     * @throws UsageException if it is that of another optimizer, model or grouping
     */
    public void restore(State saved) {
        double[] rates = saved.numbers().getOrDefault(RATES, new double[0]);
        if (rates.length != groups.size()) {
            throw new UsageException("the checkpoint has %d parameter groups, this config makes %d; %s"
                    .formatted(rates.length, groups.size(), REMEDY));
        }
        state.forEach((name, array) -> {
            INDArray value = saved.tensors().get(name);
            if (value == null || !Arrays.equals(value.shape(), array.shape())) {
                throw new UsageException("the checkpoint has %s for %s, this config needs %s; %s".formatted(
                        value == null ? "nothing" : Arrays.toString(value.shape()), name, Arrays.toString(array.shape()), REMEDY));
            }
            array.assign(value);
        });
        calls = (long) saved.number(CALLS, 0);
        made = (long) saved.number(UPDATES, 0);
        frozen = Set.of();
        missed.clear();
        reached.stream().map(Parameter::name).filter(name -> saved.numbers().containsKey(MISSED + name))
                .forEach(name -> missed.put(name, (long) saved.number(MISSED + name, 0)));
        plan();
        for (int i = 0; i < rates.length; i++) {
            groups.get(i).setRate(rates[i]);
        }
    }
}
