package dev.selfsup.runtime.parity;

import dev.selfsup.api.model.Memory;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.memory.aliasmethod.AliasMethod;
import dev.selfsup.runtime.model.ModelState;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Replays of memories and of what they draw by. */
final class MemoryReplays {
    private MemoryReplays() {}

    /** A graph that changes a memory by places {@code index} and features {@code features}. */
    private static final class Update {
        final Weights weights = new Weights(0);
        final Graph graph = new Graph(weights, true, Collectives.SINGLE);
        final SDVariable index;
        final SDVariable features;

        Update(Tensor index, Tensor features) {
            this.index = graph.input("index", DataType.INT64, index.shape());
            this.features = graph.input("features", DataType.FLOAT, features.shape());
        }

        Plan plan(Map<String, SDVariable> outputs, Kernels kernels) {
            return Plan.of(graph, Plan.Wanted.values(outputs), kernels);
        }

        static void run(Plan plan, Tensor index, Tensor features) {
            ModelState.read(index, plan.input("index"));
            ModelState.read(features, plan.input("features"));
            plan.run();
        }
    }

    /** Updates of features one after the other, {@code idx<n>} and {@code feat<n>}; the memory begins with {@code bank}. */
    record Instances(InstalledTypes types, Kernels kernels) implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return types.obstacle(recording.part("config"));
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            Memory.Instances memory = (Memory.Instances) types.bind(recording.part("config"), Memory.class);
            Update update = new Update(recording.input("idx0"), recording.input("feat0"));
            memory.build(update.graph).update(update.index, update.features);
            Plan plan = update.plan(Map.of(), kernels);
            ModelState.read(recording.input("bank"), update.weights.array("feature_bank"));
            Values values = new Values();
            for (int n = 0; recording.inputs().containsKey("idx" + n); n++) {
                Update.run(plan, recording.input("idx" + n), recording.input("feat" + n));
                values.put("bank" + n, update.weights.array("feature_bank"));
            }
            return values.tensors();
        }
    }

    /** A memory of clusters begins with features and labels, is updated once, gets new centroids, and small clusters are dissolved. */
    record Clusters(InstalledTypes types, Kernels kernels) implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return types.obstacle(recording.part("config"));
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            Memory.Clusters memory = (Memory.Clusters) types.bind(recording.part("config"), Memory.class);
            Update update = new Update(recording.input("idx"), recording.input("feat"));
            Map<String, SDVariable> ratio = Map.of("upd/change_ratio", memory.build(update.graph).update(update.index, update.features));
            Plan plan = update.plan(ratio, kernels);
            Memory.Clusters.Samples samples = memory.open(update.weights.state());
            Values values = new Values();
            samples.begin(rows(recording.input("feature")), integers(recording.input("label")));
            values.put("init/feature_bank", update.weights.array("feature_bank"));
            values.put("init/centroids", update.weights.array("centroids"));
            Update.run(plan, recording.input("idx"), recording.input("feat"));
            plan.outputs().forEach(values::put);
            values.put("upd/feature_bank", update.weights.array("feature_bank"));
            values.put("upd/label_bank", update.weights.array("label_bank"));
            samples.updateCentroids();
            values.put("cen/centroids", update.weights.array("centroids"));
            samples.dissolveSmallClusters();
            values.put("small/label_bank", update.weights.array("label_bank"));
            values.put("small/centroids", update.weights.array("centroids"));
            int[] labels = samples.labels();
            values.put("small/counts", IntStream.range(0, memory.clusters())
                    .mapToDouble(k -> Arrays.stream(labels).filter(label -> label == k).count()).toArray(), memory.clusters());
            return values.tensors();
        }

        private static float[][] rows(Tensor tensor) {
            int width = (int) tensor.shape()[1];
            float[] all = tensor.toFloats();
            return IntStream.range(0, (int) tensor.shape()[0]).mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width)).toArray(float[][]::new);
        }

        private static int[] integers(Tensor tensor) {
            return Arrays.stream(tensor.toLongs()).mapToInt(value -> (int) value).toArray();
        }
    }

    /** The tables of the alias method for {@code weights}, and the probabilities that draws by them have. */
    record Aliases() implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            AliasMethod method = AliasMethod.of(recording.input("weights").toFloats());
            float[] keep = method.keep();
            int[] alias = method.alias();
            double[] implied = new double[keep.length];
            for (int k = 0; k < keep.length; k++) {
                implied[k] += (double) keep[k] / keep.length;
                implied[alias[k]] += (1 - (double) keep[k]) / keep.length;
            }
            Values values = new Values();
            values.put("prob", IntStream.range(0, keep.length).mapToDouble(k -> keep[k]).toArray(), keep.length);
            values.put("alias", Arrays.stream(alias).asDoubleStream().toArray(), alias.length);
            values.put("implied_distribution", implied, implied.length);
            return values.tensors();
        }
    }
}
