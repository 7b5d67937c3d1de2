package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Builds the computation of one entry point of a model, in one mode, for one set of input shapes, so that every shape
 * is known while building ({@link #shape}). A graph is also a place: a module path such as {@code backbone.layer1.0} under which weights are
 * made, whether they are trained, and the rules for their first values.
 *
 * <pre>{@code
 * Layer fc = Linear.build(graph.in("fc0"), 512, 128, true);   // weights fc0.weight, fc0.bias
 * SDVariable y = fc.apply(x);                                  // [N, 128]
 * }</pre>
 */
public final class Graph {
    /**
     * The run that a graph serves.
     *
     * @param iterations of the whole run, over which schedules inside of a model go; 0 where there is no run
     * @param updates passes over weights
     */
    public record Run(long iterations, Updates updates) {
        /** No run: a graph by itself. */
        public static final Run NONE = new Run(0, new PlainUpdates());
    }

    /** What is common to all places of a graph. */
    static final class Shared {
        final SameDiff sd = SameDiff.create();
        final Modules modules = new Modules(sd);
        final Shapes shapes = new Shapes(sd, modules);
        final Weights weights;
        final Collectives collectives;
        final Run run;
        final Map<String, SDVariable> inputs = new LinkedHashMap<>();
        /** Weights and buffers as they are before the run; the variables bear their full names. */
        final Map<String, SDVariable> state = new LinkedHashMap<>();
        final Map<String, SDVariable> assigned = new LinkedHashMap<>();
        final Map<String, SDVariable> assignedAfter = new LinkedHashMap<>();
        final Map<String, SDVariable> taps = new LinkedHashMap<>();
        final Map<String, Integer> calls = new LinkedHashMap<>();
        final List<Draw> draws = new ArrayList<>();
        final List<Runnable> before = new ArrayList<>();
        final List<Runnable> after = new ArrayList<>();
        /** How many ones inputs hold, as far as it is known. */
        final Map<String, Long> ones = new LinkedHashMap<>();
        /** Those of them that the graph was built for. */
        final Map<String, Long> counted = new LinkedHashMap<>();
        int operations;

        Shared(Weights weights, Collectives collectives, Run run) {
            this.weights = weights;
            this.collectives = collectives;
            this.run = run;
        }
    }

    private final Shared shared;
    private final String path;
    private final boolean training;
    private final boolean trainable;
    private final FirstValues rules;

    private Graph(Shared shared, String path, boolean training, boolean trainable, FirstValues rules) {
        this.shared = shared;
        this.path = path;
        this.training = training;
        this.trainable = trainable;
        this.rules = rules;
    }

    /**
     * An empty graph that serves no run.
     *
     * @param weights where its weights are declared
     * @param training whether layers behave as in training (batch statistics, dropout)
     * @param collectives the processes
     */
    public Graph(Weights weights, boolean training, Collectives collectives) {
        this(weights, training, collectives, Run.NONE);
    }

    /**
     * An empty graph.
     *
     * @param weights where its weights are declared
     * @param training whether layers behave as in training (batch statistics, dropout)
     * @param collectives the processes of the run
     * @param run the run that it serves
     */
    public Graph(Weights weights, boolean training, Collectives collectives, Run run) {
        this(new Shared(weights, collectives, run), "", training, true, FirstValues.NONE);
    }

    Shared shared() {
        return shared;
    }

    // Places

    /** The place of a child module. */
    public Graph in(String name) {
        return new Graph(shared, join(path, name), training, trainable, rules);
    }

    /** The same place, where weights are not trained. */
    public Graph frozen() {
        return new Graph(shared, path, training, false, rules);
    }

    /** The same place, where layers behave as in evaluation. */
    public Graph evaluating() {
        return new Graph(shared, path, false, trainable, rules);
    }

    /** The same place, with rules for the first values of the weights below: the module's {@code init_cfg}. */
    public Graph initialized(List<? extends Initialization> added) {
        return new Graph(shared, path, training, trainable, rules.and(path, added));
    }

    /** Module path of this place, empty at the top. */
    public String path() {
        return path;
    }

    /** Whether layers behave as in training. */
    public boolean training() {
        return training;
    }

    /** The processes of the run. */
    public Collectives collectives() {
        return shared.collectives;
    }

    /** The run that this serves. */
    public Run run() {
        return shared.run;
    }

    /** All state of the model: what {@link #before} changes. It is allocated when the plan is made. */
    public Weights weights() {
        return shared.weights;
    }

    private static String join(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    // Inputs, weights, buffers, draws

    /** An input that is set before each run. */
    public SDVariable input(String name, DataType type, long... shape) {
        return shared.inputs.computeIfAbsent(name, n -> shared.sd.placeHolder(n, real(type), shape));
    }

    /** Tells how many ones an input holds whenever this graph runs, as a mask does that always hides as many patches. */
    public void tell(String input, long ones) {
        shared.ones.put(input, ones);
    }

    /**
     * How many ones an input holds, for shapes that depend on it: this graph is then only for batches that hold as many.
     *
     * @param input an input of whole numbers, itself
     * @throws IllegalArgumentException if nobody has told
     */
    public long ones(SDVariable input) {
        Long ones = shared.ones.get(input.name());
        if (ones == null) {
            throw new IllegalArgumentException("how many ones " + input.name() + " holds is not known: it must be an input of the model, of whole numbers");
        }
        shared.counted.put(input.name(), ones);
        return ones;
    }

    /** The type that values have which layers call float: the precision of the weights. */
    DataType real(DataType type) {
        return type == DataType.FLOAT ? shared.weights.real() : type;
    }

    /** A constant array. */
    public SDVariable constant(INDArray array) {
        return shared.sd.constant("constant#" + shared.operations++, array.castTo(real(array.dataType())));
    }

    /** A constant of float32. */
    public SDVariable constant(float[] values, long... shape) {
        return constant(Nd4j.create(values, shape, 'c'));
    }

    /** The weight of this place's module, made unless it is there already. */
    public SDVariable weight(String name, LayerType layer, Fill first, long... shape) {
        String full = join(path, name);
        shared.weights.declare(full, layer, trainable ? Weights.Role.TRAINABLE : Weights.Role.FROZEN, real(DataType.FLOAT), shape,
                chosen(full, rules.weight(new FirstValues.Place(path, name, layer, shape), first)));
        return state(full, DataType.FLOAT, shape);
    }

    /** Takes down whether rules that load weights had one of a name. */
    private Fill chosen(String full, FirstValues.Choice choice) {
        Initialization loading = rules.loading();
        if (loading != null) {
            shared.weights.loads(loading, full, choice.loaded());
        }
        return choice.fill();
    }

    /** The present value of a buffer of this place's module, made unless it is there already. */
    public SDVariable buffer(String name, DataType type, Fill first, long... shape) {
        String full = join(path, name);
        Fill fill = type == DataType.FLOAT ? chosen(full, rules.buffer(new FirstValues.Place(path, name, LayerType.NONE, shape), first)) : first;
        shared.weights.declare(full, LayerType.NONE, Weights.Role.BUFFER, real(type), shape, fill);
        SDVariable assigned = shared.assigned.get(full);
        return assigned == null ? state(full, type, shape) : assigned;
    }

    /** The present value of a weight or buffer of this place's module that was made elsewhere, as by a hook; empty where there is none of that name. */
    public Optional<SDVariable> given(String name) {
        String full = join(path, name);
        if (!shared.weights.declares(full)) {
            return Optional.empty();
        }
        SDVariable assigned = shared.assigned.get(full);
        return Optional.of(assigned == null ? state(full, shared.weights.type(full), shared.weights.shape(full)) : assigned);
    }

    /** Has the weights of this place's module begin as those of another, which is built already. */
    public void beginAs(Graph other) {
        shared.weights.beginAs(path, other.path);
    }

    /** Gives a module below this place, which two others share, its second path in state_dicts. */
    public void alias(String second, String module) {
        shared.weights.alias(join(path, second), join(path, module));
    }

    /**
     * A number, [], that may be changed between runs by {@link Weights#setting}, as hooks do with the factor of a loss. It is no state of the model.
     *
     * @param first what it is where nobody changes it
     */
    public SDVariable setting(String name, double first) {
        String full = join(path, name);
        shared.weights.declare(full, LayerType.NONE, Weights.Role.SETTING, real(DataType.FLOAT), new long[0], Fill.constant(first));
        return state(full, DataType.FLOAT);
    }

    private SDVariable state(String full, DataType type, long... shape) {
        return shared.state.computeIfAbsent(full, n -> shared.sd.placeHolder(n, real(type), shape));
    }

    /**
     * Changes a buffer from here on: later applications in this run see the new value. A trained weight has its new value after the run, when the
     * optimizer changes it.
     */
    public void assign(String buffer, SDVariable value) {
        shared.assigned.put(join(path, buffer), value);
    }

    /** Gives this place's module, from here on, the present buffers of another module, by their names below the modules. */
    public void assignAll(Graph source) {
        for (String name : shared.weights.buffers(source.path)) {
            String own = join(path, name.substring(source.path.length() + 1));
            DataType type = shared.weights.type(name);
            long[] shape = shared.weights.shape(name);
            shared.weights.declare(own, LayerType.NONE, Weights.Role.BUFFER, type, shape, Fill.ZEROS);
            SDVariable assigned = shared.assigned.get(name);
            shared.assigned.put(own, assigned == null ? state(name, type, shape) : assigned);
        }
    }

    /** Changes a buffer after the backward pass: this run sees the old value throughout. */
    public void assignAfter(String buffer, SDVariable value) {
        shared.assignedAfter.put(join(path, buffer), value);
    }

    /** Does something to the weights before the forward pass of every run. */
    public void before(Runnable action) {
        shared.before.add(action);
    }

    /** Does something to the weights after the backward pass of every run, before the optimizer does. */
    public void after(Runnable action) {
        shared.after.add(action);
    }

    /** The next random choice of its kind. */
    public SDVariable draw(Draw.Source source, long... shape) {
        return draw("", source, shape);
    }

    /** The next random choice of its kind, which depends on an input. */
    public SDVariable draw(Draw.Source source, SDVariable weights, long... shape) {
        return draw(weights.name(), source, shape);
    }

    private SDVariable draw(String weights, Draw.Source source, long... shape) {
        long number = shared.draws.stream().filter(d -> d.source().kind().equals(source.kind())).count();
        Draw draw = new Draw("rand/" + source.kind() + "#" + number, shape.clone(), source, weights);
        shared.draws.add(draw);
        return input(draw.name(), source.type(), shape);
    }

    // Operations

    /** Adds an operation with one output. */
    public SDVariable apply(Operation operation, SDVariable... in) {
        return applyAll(operation, in).get(0);
    }

    /** Adds an operation. */
    public List<SDVariable> applyAll(Operation operation, SDVariable... in) {
        GraphOp op = new GraphOp(this, shared.sd, operation.name() + "#" + shared.operations++, operation, in);
        return Arrays.asList(op.outputVariables());
    }

    /**
     * A value for use in gradients: computed once more where that is cheap, so that it need not be kept from the forward pass.
     *
     * @param x what an operation's gradient needs
     * @return the same values
     */
    public SDVariable again(SDVariable x) {
        DifferentialFunction producer = shared.sd.getVariableOutputOp(x.name());
        if (producer instanceof GraphOp op && op.operation().cheap()) {
            int output = shared.sd.getOps().get(op.getOwnName()).getOutputsOfOp().indexOf(x.name());
            return applyAll(op.operation(), op.args()).get(output);
        }
        if (producer != null && producer.opName().equals("reshape")) {
            SDVariable in = producer.arg(0);
            SDVariable again = again(in);
            return again == in ? x : again.reshape(shape(x));
        }
        return x;
    }

    /** The product of matrices, [N, K] and [K, M] after transposing. */
    public SDVariable matmul(SDVariable a, SDVariable b, boolean transposeA, boolean transposeB) {
        return shared.sd.mmul(a, b, transposeA, transposeB, false);
    }

    /** Joins variables along a dimension. */
    public SDVariable concat(int dimension, SDVariable... parts) {
        return shared.sd.concat(dimension, parts);
    }

    /** Puts variables side by side along a new dimension. */
    public SDVariable stack(int dimension, SDVariable... parts) {
        return shared.sd.stack(dimension, parts);
    }

    /** Elementwise functions. */
    public SDMath math() {
        return shared.sd.math();
    }

    /** The shape of a variable. */
    public long[] shape(SDVariable x) {
        return shared.shapes.of(x.name());
    }

    /** All processes' values side by side along the first dimension, [R * N, ...]; the gradient flows back to each. */
    public SDVariable allGather(SDVariable x) {
        return shared.collectives.size() == 1 ? x : apply(new Communication.AllGather(shared.collectives), x);
    }

    /** The sum over all processes; the gradient is summed likewise. */
    public SDVariable allReduce(SDVariable x) {
        return shared.collectives.size() == 1 ? x : apply(new Communication.AllReduce(shared.collectives), x);
    }

    // Modules

    /** This place's module as a layer whose calls can be listened to: {@code <path>#<n>.in} and {@code .out}. */
    public Layer module(Layer body) {
        return x -> call(List.of(x), in -> List.of(body.apply(in.get(0)))).get(0);
    }

    /**
     * Calls this place's module. Inputs and outputs can be listened to: call n of module {@code head} has the taps
     * {@code head#n.in.i} and {@code head#n.out.i}, {@code .in} and {@code .out} where there is one.
     */
    public List<SDVariable> call(List<SDVariable> in, UnaryOperator<List<SDVariable>> body) {
        return call(in, List.of(), body);
    }

    /**
     * The same for a module whose first input is a list: its element j has the tap {@code head#n.in.0.j}, input i after it {@code head#n.in.i}.
     *
     * @param list the first input
     * @param rest further inputs
     * @param body is given the elements of the list, then the rest
     */
    public List<SDVariable> callWithList(List<SDVariable> list, List<SDVariable> rest, UnaryOperator<List<SDVariable>> body) {
        List<SDVariable> all = new ArrayList<>(list);
        all.addAll(rest);
        List<String> names = new ArrayList<>(IntStream.range(0, list.size()).mapToObj(j -> ".0." + j).toList());
        IntStream.rangeClosed(1, rest.size()).forEach(i -> names.add("." + i));
        return call(all, names, body);
    }

    private List<SDVariable> call(List<SDVariable> in, List<String> names, UnaryOperator<List<SDVariable>> body) {
        return shared.modules.within(path, () -> tapped(in, names, body));
    }

    private List<SDVariable> tapped(List<SDVariable> in, List<String> names, UnaryOperator<List<SDVariable>> body) {
        String name = path + "#" + (shared.calls.merge(path, 1, Integer::sum) - 1);
        if (names.isEmpty()) {
            tap(name + ".in", in);
        }
        for (int i = 0; i < names.size(); i++) {
            shared.taps.put(name + ".in" + names.get(i), in.get(i));
        }
        List<SDVariable> out = body.apply(in);
        tap(name + ".out", out);
        return out;
    }

    private void tap(String name, List<SDVariable> values) {
        for (int i = 0; i < values.size(); i++) {
            shared.taps.put(values.size() == 1 ? name : name + "." + i, values.get(i));
        }
    }

    /** What can be listened to, by name. */
    public Map<String, SDVariable> taps() {
        return Collections.unmodifiableMap(shared.taps);
    }

    /** The random choices, in order. */
    public List<Draw> draws() {
        return Collections.unmodifiableList(shared.draws);
    }

    /** Inputs and draws by name. */
    public Map<String, SDVariable> inputs() {
        return Collections.unmodifiableMap(shared.inputs);
    }
}
