package dev.selfsup.hook.emahook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/**
 * Keeps a moving average of the trained weights, at first a copy, then {@code average = (1 - m) average + m weight}, and evaluates with it.
 * Checkpoints hold the weights themselves, and the average as the hook's state.
 */
public final class EMAHook implements Hook {
    /** How the momentum m of an update is found; n counts the iterations since the copy. */
    public enum Type {
        /** {@code m}. */
        EXPONENTIALMOVINGAVERAGE,
        /** {@code (1 - m) exp(-(1 + n) / gamma) + m}: fast first. */
        EXPMOMENTUMEMA,
        /** {@code 1 / (n + 1)}: the plain mean. */
        STOCHASTICWEIGHTAVERAGE
    }

    /**
     * Options of the average.
     *
     * @param emaType ExponentialMovingAverage, ExpMomentumEMA or StochasticWeightAverage
     * @param momentum m, the weight of the newest weights, above 0 and below 1
     * @param gamma updates over which ExpMomentumEMA slows down
     * @param interval iterations between updates
     * @param beginIter iterations before the copy
     * @param beginEpoch epochs before the copy, where begin_iter is 0
     * @param updateBuffers whether running statistics are averaged too, rather than taken as they are
     * @param strictLoad accepted: a resumed average must always fit
     * @param priority order among hooks
     */
    public record Config(@Default("ExponentialMovingAverage") String emaType, @Default("0.0002") double momentum, @Default("2000") int gamma,
            @Default("1") int interval, @Default("0") int beginIter, @Default("0") int beginEpoch,
            @Default("false") boolean updateBuffers, @Default("false") boolean strictLoad, @Default("NORMAL") Priority priority) {
        public Config {
            check(java.util.Arrays.stream(Type.values()).anyMatch(t -> t.name().equalsIgnoreCase(emaType)),
                    "ema_type must be ExponentialMovingAverage, ExpMomentumEMA or StochasticWeightAverage, not %s", emaType);
            check(momentum > 0 && momentum < 1, "momentum must be above 0 and below 1, not %s", momentum);
            check(interval > 0, "interval must be positive, not %d", interval);
            check(gamma > 0, "gamma must be positive, not %d", gamma);
            check(beginIter == 0 || beginEpoch == 0, "begin_iter and begin_epoch exclude each other");
        }

        Type type() {
            return Type.valueOf(emaType.toUpperCase(java.util.Locale.ROOT));
        }
    }

    private final Config config;
    private final List<Pair> pairs = new ArrayList<>();
    private final Map<String, INDArray> named = new LinkedHashMap<>();
    private State restored = State.NONE;
    private long updates;

    /** What is averaged, its average, and a place to keep it while the average takes its place. */
    private record Pair(INDArray source, INDArray average, INDArray kept) {
        static Pair of(INDArray source) {
            return new Pair(source, source.dup(), source.ulike());
        }
    }

    private EMAHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrain(Run run) {
        Pair weights = Pair.of(run.weights().flat());
        pairs.add(weights);
        Set<String> trained = new HashSet<>();
        long offset = 0;
        for (Parameter parameter : run.weights().parameters()) {
            trained.add(parameter.name());
            named.put(parameter.name(), Views.at(weights.average(), offset, parameter.value().shape()));
            offset += parameter.value().length();
        }
        run.weights().state().forEach((name, array) -> {
            if (config.updateBuffers() && !trained.contains(name) && array.dataType() == DataType.FLOAT) {
                Pair pair = Pair.of(array);
                pairs.add(pair);
                named.put(name, pair.average());
            }
        });
        named.forEach((name, average) -> average.assign(restored.tensors().getOrDefault(name, average)));
    }

    @Override
    public void afterTrainIter(Run run) {
        int begin = config.beginEpoch() > 0 ? config.beginEpoch() * run.epochLength() : config.beginIter();
        if (run.iteration() <= begin) {
            return;
        }
        if (updates == 0) {
            pairs.forEach(pair -> pair.average().assign(pair.source()));
        } else if (updates % config.interval() == 0) {
            double momentum = momentum();
            pairs.forEach(pair -> run.updates().lerp(pair.average(), pair.source(), momentum));
        }
        updates++;
    }

    private double momentum() {
        return switch (config.type()) {
            case EXPONENTIALMOVINGAVERAGE -> config.momentum();
            case EXPMOMENTUMEMA -> (1 - config.momentum()) * Math.exp(-(1.0 + updates) / config.gamma()) + config.momentum();
            case STOCHASTICWEIGHTAVERAGE -> 1.0 / (updates + 1);
        };
    }

    @Override
    public void beforeEvaluation(Run run) {
        pairs.forEach(pair -> {
            pair.kept().assign(pair.source());
            pair.source().assign(updates == 0 ? pair.source() : pair.average());
        });
    }

    @Override
    public void afterEvaluation(Run run) {
        pairs.forEach(pair -> pair.source().assign(pair.kept()));
    }

    @Override
    public State state() {
        return new State(named, Map.of("updates", new double[] {updates}));
    }

    @Override
    public void restore(State state) {
        restored = state;
        updates = (long) state.number("updates", 0);
    }

    /** {@code EMAHook}. */
    @Component
    @TypeName(kind = "hook", name = "EMAHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new EMAHook(config);
        }
    }
}
