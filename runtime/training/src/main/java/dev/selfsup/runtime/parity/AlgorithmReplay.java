package dev.selfsup.runtime.parity;

import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.optimization.FlatBuffers;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.runtime.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Replays optimization steps of a whole algorithm on one batch: losses, intermediate values, gradients, state. */
final class AlgorithmReplay implements Replay.Differentiating {
    private static final int STEPS = 5;
    private static final String TOTAL = "loss_total";
    private static final String LOSS = "loss/";

    private final InstalledTypes types;
    private final Kernels kernels;
    private final Updates updates;

    AlgorithmReplay(InstalledTypes types, Kernels kernels, Updates updates) {
        this.types = types;
        this.kernels = kernels;
        this.updates = updates;
    }

    @Override
    public Optional<String> obstacle(Recording recording) {
        return types.obstacle(recording.part("model")).or(() -> types.obstacle(recording.part("optim_wrapper")));
    }

    @Override
    public Map<String, Tensor> replay(Recording recorded) {
        Recording recording = FrozenNetworks.complete(recorded, types);
        Values values = new Values();
        step(recorded, DataType.FLOAT).values().forEach(values::put);
        trajectory(recording, values);
        return values.tensors();
    }

    /** Everything that is recorded of the first step. */
    @Override
    public Map<String, Tensor> step(Recording recorded, DataType precision) {
        Recording recording = FrozenNetworks.complete(recorded, types);
        Values values = new Values();
        if (recording != recorded) {
            values.put(FrozenNetworks.MARK, 1);
        }
        Run run = run(recording, precision);
        run.unreached.forEach(name -> values.put("params_without_grad/" + name, 1));
        double momentum = recording.part("optim_wrapper").path("optimizer").path("momentum").asDouble(0);
        run.optimization.groups().forEach(group -> group.parameters().forEach(name -> options(values, name, group, momentum)));
        frozen(run.weights).forEach(name -> values.put("frozen/" + name, 1));
        run.plan.run();
        run.plan.outputs().forEach(values::put);
        gradients(values, run.weights, run.plan);
        run.optimization.step();
        values.putAll("after1/", run.weights.stateDict());
        return values.tensors();
    }

    /** As runs compute, in float32 with the kernels of this replay, or in double precision with plain ones. */
    private Run run(Recording recording, DataType precision) {
        return precision == DataType.FLOAT ? new Run(recording, precision, kernels, updates)
                : new Run(recording, precision, Kernels.PLAIN, new PlainUpdates());
    }

    /**
     * The losses of all steps, and the entries of the first, in double precision: narrow networks with batch norm double the smallest difference in every step, so that in
     * single precision the last losses are chance, the reference's own included (docs/decisions/005).
     */
    private void trajectory(Recording recording, Values values) {
        Run run = run(recording, DataType.DOUBLE);
        double[] losses = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            run.plan.run();
            if (step == 0) {
                exact(run.plan, values);
            }
            losses[step] = run.plan.output(TOTAL).getDouble(0);
            run.optimization.step();
        }
        values.put("losses5", losses, STEPS);
        run.weights.stateDict().forEach((name, array) -> values.put("after5/" + name, array.dup().data().asDouble(), array.shape()));
    }

    /** The entries of the loss as double precision has them. */
    private static void exact(Plan plan, Values values) {
        plan.outputs().forEach((name, value) -> {
            if (name.startsWith(LOSS)) {
                values.put("loss_f64/" + name.substring(LOSS.length()), value);
            }
        });
    }

    /** The algorithm of a case at its initial state, ready to step. */
    private final class Run {
        private final Weights weights;
        private final Plan plan;
        private final Set<String> unreached;
        private final Optimization optimization;

        Run(Recording recording, DataType precision, Kernels kernels, Updates updates) {
            Algorithm algorithm = types.bind(recording.part("model"), Algorithm.class);
            OptimWrapper wrapper = types.bind(recording.part("optim_wrapper"), OptimWrapper.class);
            weights = new Weights(0, precision);
            InitialState.declareQueues(weights, recording);
            plan = plan(algorithm, weights, recording, kernels, new Graph.Run(recording.description().path("max_iters").asLong(), updates));
            InitialState.load(weights, recording);
            feed(plan, recording);
            unreached = AlgorithmReplay.unreached(weights, plan);
            optimization = new Optimization(wrapper, new FlatBuffers(weights.parameters(), weights.flat(), weights.gradient()), unreached, updates,
                    STEPS);
        }
    }

    private static Plan plan(Algorithm algorithm, Weights weights, Recording recording, Kernels kernels, Graph.Run run) {
        List<long[]> views = new ArrayList<>();
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        recording.inputs().forEach((name, tensor) -> {
            if (name.startsWith("inputs.")) {
                views.add(tensor.shape());
            } else if (!name.startsWith("rand/")) {
                fields.put(name, new Model.Field(tensor.shape(), !tensor.dtype().floating(), ones(tensor)));
            }
        });
        Graph graph = new Graph(weights, true, Collectives.SINGLE, run);
        Losses losses = algorithm.loss(graph, Model.inputs(graph, views, fields));
        Map<String, SDVariable> outputs = Model.outputs(losses);
        graph.taps().forEach((name, value) -> outputs.put("mid/" + name, value));
        return Plan.of(graph, new Plan.Wanted(outputs, TOTAL, List.of()), kernels);
    }

    /** How many ones an input holds. */
    static OptionalLong ones(Tensor tensor) {
        return tensor.dtype().floating() ? OptionalLong.empty() : OptionalLong.of(Arrays.stream(tensor.toLongs()).filter(value -> value == 1).count());
    }

    private static void feed(Plan plan, Recording recording) {
        for (String name : plan.inputs()) {
            recording.feed(name, plan.input(name));
        }
    }

    private static Set<String> unreached(Weights weights, Plan plan) {
        Set<String> names = new LinkedHashSet<>(weights.parameters().stream().map(Parameter::name).toList());
        plan.trained().forEach(names::remove);
        return names;
    }

    /** Weights that are not trained, and buffers. */
    private static Set<String> frozen(Weights weights) {
        Set<String> names = new LinkedHashSet<>(weights.state().keySet());
        weights.parameters().forEach(parameter -> names.remove(parameter.name()));
        return names;
    }

    static void gradients(Values values, Weights weights, Plan plan) {
        Set<String> trained = Set.copyOf(plan.trained());
        weights.parameters().stream().filter(p -> trained.contains(p.name())).forEach(p -> values.put("grad/" + p.name(), p.gradient()));
    }

    static void options(Values values, String parameter, ParamGroup group, double momentum) {
        String prefix = "param_groups/" + parameter + "/";
        values.put(prefix + "trained", 1);
        values.put(prefix + "lr", group.initialRate());
        values.put(prefix + "weight_decay", group.weightDecay());
        values.put(prefix + "lars_exclude", group.options().larsExclude() ? 1 : 0);
        values.put(prefix + "fix_lr", group.options().fixedRate() ? 1 : 0);
        values.put(prefix + "momentum", group.momentumOr(momentum));
    }
}
