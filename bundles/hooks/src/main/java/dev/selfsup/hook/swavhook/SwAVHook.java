package dev.selfsup.hook.swavhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * Gives SwAV's loss its queue and leaves weights alone at first (SwAV, Caron et al. 2020, <a href="https://arxiv.org/abs/2006.09882">arXiv:2006.09882</a>,
 * appendix A). The queue is the model's buffer {@code head.loss.queue} [A, L, D], so that every checkpoint holds it. Until its epoch comes the hook keeps it
 * empty, and the loss does not use a queue that is not full.
 */
public final class SwAVHook implements Hook {
    private static final String PROTOTYPES = "head.loss.prototypes.";
    private static final String QUEUE = "head.loss.queue";

    /**
     * Options of queue and frozen weights.
     *
     * @param batchSize images in a batch of one process; the queue's length is brought to a multiple of all processes' images
     * @param epochQueueStarts epochs before the queue is filled
     * @param cropsForAssign views that are assigned to prototypes, as in the loss
     * @param featDim features D, as in the loss
     * @param queueLength images in the queues of all processes; 0 for no queue
     * @param interval accepted: the queue is part of every checkpoint
     * @param frozenLayersCfg by parts of the names of weights, the iterations for which these are left as they are
     * @param priority order among hooks
     */
    public record Config(int batchSize, @Default("15") int epochQueueStarts, @Default("[0, 1]") List<Integer> cropsForAssign, @Default("128") int featDim,
            @Default("0") int queueLength, @Default("1") int interval, @Default("{}") Map<String, Integer> frozenLayersCfg,
            @Default("NORMAL") Priority priority) {
        public Config {
            cropsForAssign = List.copyOf(cropsForAssign);
            frozenLayersCfg = Map.copyOf(frozenLayersCfg);
            check(batchSize > 0, "batch_size must be positive, not %d", batchSize);
            check(epochQueueStarts >= 0, "epoch_queue_starts must not be negative: %d", epochQueueStarts);
            check(!cropsForAssign.isEmpty(), "crops_for_assign must name a view");
            check(featDim > 0, "feat_dim must be positive, not %d", featDim);
            check(queueLength >= 0, "queue_length must not be negative: %d", queueLength);
            check(queueLength == 0 || queueLength >= batchSize, "queue_length must be 0, for no queue, or at least batch_size, %d, not %d", batchSize, queueLength);
            check(interval > 0, "interval must be positive, not %d", interval);
            check(frozenLayersCfg.values().stream().allMatch(n -> n >= 0), "frozen_layers_cfg must have numbers of iterations, not %s", frozenLayersCfg);
        }
    }

    private final Config config;
    private Set<String> frozen = Set.of();

    private SwAVHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeModel(Graph graph) {
        int processes = graph.collectives().size();
        int whole = config.queueLength() - config.queueLength() % (config.batchSize() * processes);
        if (whole > 0) {
            graph.buffer(QUEUE, DataType.FLOAT, Fill.ZEROS, config.cropsForAssign().size(), whole / processes, config.featDim());
        }
    }

    @Override
    public void beforeTrain(Run run) {
        if (run.weights().state().keySet().stream().noneMatch(name -> name.startsWith(PROTOTYPES))) {
            throw new UsageException("SwAVHook serves SwAVLoss, but the model has no weights " + PROTOTYPES + "*"
                    + ": set model.head.loss to SwAVLoss, or remove the hook from custom_hooks");
        }
        for (String layer : config.frozenLayersCfg().keySet()) {
            if (names(run).noneMatch(name -> name.contains(layer))) {
                throw new UsageException("SwAVHook: frozen_layers_cfg names " + layer + ", but no trained weight has that in its name");
            }
        }
    }

    private static Stream<String> names(Run run) {
        return run.weights().parameters().stream().map(Parameter::name);
    }

    @Override
    public void beforeTrainIter(Run run) {
        Set<String> layers = config.frozenLayersCfg().entrySet().stream().filter(layer -> run.iteration() < layer.getValue()).map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (!layers.equals(frozen)) {
            run.freeze(names(run).filter(name -> layers.stream().anyMatch(name::contains)).collect(Collectors.toSet()));
            frozen = layers;
        }
        if (run.iteration() <= (long) config.epochQueueStarts() * run.epochLength() && run.weights().state().containsKey(QUEUE)) {
            run.weights().array(QUEUE).assign(0);
        }
    }

    /** {@code SwAVHook}. */
    @Component
    @TypeName(kind = "hook", name = "SwAVHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new SwAVHook(config);
        }
    }
}
