package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.checkpoint.DType;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.metric.knn.Knn;
import dev.selfsup.optimization.Schedules;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Replays of cases of plain data: schedules, kNN accuracies, preprocessed images, positions. */
final class DataReplays {
    private DataReplays() {}

    /** A list of schedules as a case has it. */
    record Curve(List<Scheduler> schedules) {}

    /** Learning rates by step: one scheduler list a curve. */
    record Rates(InstalledTypes types) implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return types.obstacle(recording.part("curves"));
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            Values values = new Values();
            recording.part("curves").properties().forEach(curve -> {
                if (curve.getValue().has("cfgs")) {
                    stepped(curve.getKey(), curve.getValue(), values);
                } else {
                    trained(curve.getKey(), curve.getValue(), values);
                }
            });
            return values.tensors();
        }

        /** Every schedule is stepped once a step. */
        private void stepped(String name, JsonNode curve, Values values) {
            List<ParamGroup> groups = new ArrayList<>();
            if (curve.path("groups").isArray()) {
                curve.get("groups").forEach(rate -> groups.add(group(rate.asDouble())));
            } else {
                groups.add(group(curve.path("lr0").asDouble()));
            }
            int steps = curve.path("n").asInt();
            double[] rates = new double[groups.size() * steps];
            Schedules schedules = new Schedules(schedules(curve.path("cfgs")), groups, curve.path("epoch_length").asInt(1));
            for (int step = 0; step < steps; step++) {
                for (int g = 0; g < groups.size(); g++) {
                    rates[g * steps + step] = groups.get(g).rate();
                }
                schedules.afterIteration();
                schedules.afterEpoch();
            }
            values.put(name, rates, groups.size(), steps);
        }

        /** Schedules are stepped as in a run. */
        private void trained(String name, JsonNode curve, Values values) {
            int epochLength = curve.path("epoch_length").asInt(1);
            int steps = curve.has("max_epochs") && !curve.get("max_epochs").isNull() ? curve.get("max_epochs").asInt() * epochLength
                    : curve.path("max_iters").asInt();
            List<ParamGroup> groups = List.of(group(curve.path("base_lr").asDouble()));
            Schedules schedules = new Schedules(schedules(curve.path("param_scheduler")), groups, epochLength);
            double[] rates = new double[steps];
            for (int step = 0; step < steps; step++) {
                rates[step] = groups.get(0).rate();
                schedules.afterIteration();
                if ((step + 1) % epochLength == 0) {
                    schedules.afterEpoch();
                }
            }
            values.put(name, rates, steps);
        }

        private List<Scheduler> schedules(JsonNode configs) {
            return types.bind(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode().set("schedules", configs), Curve.class)
                    .schedules();
        }

        private static ParamGroup group(double rate) {
            return new ParamGroup(List.of(), ParamGroup.Options.of(rate, 0));
        }
    }

    /** Accuracies of the kNN classifier, for each k and T of the case's results. */
    record Neighbours() implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            Features bank = features(recording, "train");
            Features queries = features(recording, "test");
            Values values = new Values();
            recording.part("results_top1_top5_percent").fieldNames().forEachRemaining(name -> {
                String[] parts = name.substring(1).split("_T");
                Knn.Accuracy accuracy = new Knn(List.of(Integer.parseInt(parts[0])), List.of(Double.parseDouble(parts[1])))
                        .evaluate(bank, queries).get(0);
                values.put("results/" + name, new double[] {accuracy.top1(), accuracy.top5()}, 2);
            });
            return values.tensors();
        }

        private static Features features(Recording recording, String set) {
            Tensor tensor = recording.input(set + "_features");
            int width = (int) tensor.shape()[1];
            float[] all = tensor.toFloats();
            float[][] rows = new float[(int) tensor.shape()[0]][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = java.util.Arrays.copyOfRange(all, i * width, (i + 1) * width);
            }
            long[] labels = recording.input(set + "_labels").toLongs();
            return new Features(rows, java.util.Arrays.stream(labels).mapToInt(l -> (int) l).toArray());
        }
    }

    /** Images through a data preprocessor; inputs are 8-bit [N, 3, H, W], BGR. */
    record Preprocessed(InstalledTypes types) implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return types.obstacle(recording.part("config"));
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            DataPreprocessor preprocessor = types.bind(recording.part("config"), DataPreprocessor.class);
            List<Tensor> inputs = recording.inputs().values().stream().filter(t -> t.dtype() == DType.U8).toList();
            int samples = (int) inputs.get(0).shape()[0];
            List<float[]> outputs = new ArrayList<>();
            List<int[]> shapes = preprocessor.shapes(images(inputs, 0));
            shapes.forEach(s -> outputs.add(new float[samples * DataPreprocessor.length(s)]));
            for (int n = 0; n < samples; n++) {
                for (int i = 0; i < outputs.size(); i++) {
                    preprocessor.write(images(inputs, n), i, outputs.get(i), n * outputs.get(i).length / samples);
                }
            }
            Values values = new Values();
            for (int i = 0; i < outputs.size(); i++) {
                long[] shape = DataPreprocessor.shape(samples, shapes.get(i));
                values.put(Tensor.of("out." + i, FloatBuffer.wrap(outputs.get(i)), shape));
            }
            return values.tensors();
        }

        private static List<Image> images(List<Tensor> inputs, int sample) {
            return inputs.stream().map(tensor -> {
                int channels = (int) tensor.shape()[1];
                int height = (int) tensor.shape()[2];
                int width = (int) tensor.shape()[3];
                byte[] planes = new byte[tensor.toBytes().remaining()];
                tensor.toBytes().get(planes);
                Image image = Image.create(width, height, channels);
                for (int c = 0; c < channels; c++) {
                    for (int i = 0; i < width * height; i++) {
                        image.data()[i * channels + c] = planes[(sample * channels + c) * width * height + i];
                    }
                }
                return image;
            }).toList();
        }
    }

    /** Sines and cosines of the places of patches. */
    record Positions() implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            JsonNode arguments = recording.part("args");
            int side = arguments.path("patches_resolution").asInt();
            int channels = arguments.path("embed_dims").asInt();
            int places = side * side + (arguments.path("cls_token").asBoolean() ? 1 : 0);
            float[] positions = new float[places * channels];
            PositionEmbedding.sines(side).fill(positions, new long[] {1, places, channels}, new SplittableRandom(0));
            return Map.of("pos", Tensor.of("pos", FloatBuffer.wrap(positions), 1, places, channels));
        }
    }
}
