package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.run.Clustering.Clusters;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.clustering.ClassWeights;
import dev.selfsup.clustering.Neighbours;
import dev.selfsup.clustering.PowerIteration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.factory.Nd4j;

/** Replays of what is clustered, and of what follows from clusters. Arguments stand in {@code args} or, in words, in the notes of a case. */
final class ClusteringReplays {
    private ClusteringReplays() {}

    /** Power iteration on a recorded graph of neighbours; the first column of {@code ids} and {@code distances} are the rows themselves. */
    record PowerIterations() implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            long[] ids = recording.input("ids").toLongs();
            float[] distances = recording.input("distances").toFloats();
            int width = (int) recording.input("ids").shape()[1];
            int[][] rows = new int[ids.length / width][width - 1];
            float[][] squares = new float[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                int first = i * width + 1;
                Arrays.setAll(rows[i], m -> (int) ids[first + m]);
                squares[i] = Arrays.copyOfRange(distances, first, first + width - 1);
            }
            Clusters clusters = new PowerIteration(new Neighbours(rows, squares), argument(recording, "sigma"), argument(recording, "alpha")).clusters();
            Values values = new Values();
            values.put("labels", Nd4j.createFromArray(Arrays.stream(clusters.labels()).asLongStream().toArray()));
            return values.tensors();
        }
    }

    /** Weights of classes from the labels of samples. */
    record Weights() implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            return Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            int[] labels = Arrays.stream(recording.input("labels").toLongs()).mapToInt(label -> (int) label).toArray();
            float[] weights = ClassWeights.of(labels, (int) argument(recording, "num_classes"), argument(recording, "reweight_pow"));
            double[] exact = new double[weights.length];
            Arrays.setAll(exact, k -> weights[k]);
            Values values = new Values();
            values.put("weight", exact, exact.length);
            return values.tensors();
        }
    }

    /** A number of {@code args}, or one that the notes give as {@code sigma 0.2}, {@code reweight_pow=0.5} or {@code 5 classes}. */
    private static double argument(Recording recording, String name) {
        JsonNode argument = recording.description().path("args").path(name);
        if (argument.isNumber()) {
            return argument.asDouble();
        }
        String number = "(\\d+(?:\\.\\d+)?(?:[eE]-?\\d+)?)";
        String what = name.equals("num_classes") ? number + " classes" : name + "\\s*[= ]\\s*" + number;
        Matcher words = Pattern.compile(what).matcher(recording.part("notes").asText());
        if (!words.find()) {
            throw new BrokenCaseException("neither args nor notes of case.json give " + name);
        }
        return Double.parseDouble(words.group(1));
    }
}
