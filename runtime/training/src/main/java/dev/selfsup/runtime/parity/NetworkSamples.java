package dev.selfsup.runtime.parity;

import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Recorded inputs and outputs of frozen networks: {@code NAME_io.npz} holds {@code image} and the outputs of the ONNX file beside it whose name begins with NAME. The outputs tell which
 * target generator it is for.
 */
record NetworkSamples(InstalledTypes types) {
    private static final String SUFFIX = "_io.npz";
    private static final Map<String, String> TYPES = Map.of("logits", "DALL-E", "tokens", "VQKD", "attention", "CLIPGenerator");

    /** Whether a file holds samples. */
    static boolean is(Path file) {
        return file.getFileName().toString().endsWith(SUFFIX);
    }

    /** Runs the network on the recorded images and compares all of its outputs. */
    Outcome outcome(Path file) {
        try {
            Map<String, Tensor> recorded = Npz.readAll(file);
            String type = recorded.keySet().stream().filter(TYPES::containsKey).map(TYPES::get).findFirst()
                    .orElseThrow(() -> new BrokenCaseException("none of " + recorded.keySet() + " is an output of a known target generator"));
            if (types.ids(type).isEmpty()) {
                return Outcome.skipped("type " + type + " is not installed");
            }
            return compare(file, recorded, type);
        } catch (BrokenCaseException | UsageException e) {
            return Outcome.failed(e.getMessage(), 0);
        }
    }

    private Outcome compare(Path file, Map<String, Tensor> recorded, String type) {
        TargetGenerator generator = types.bind(CaseFolder.text(config(type, network(file))), TargetGenerator.class);
        Tensor images = Optional.ofNullable(recorded.get("image")).orElseThrow(() -> new BrokenCaseException(file.getFileName() + " has no image"));
        Comparison comparison = new Comparison();
        FrozenNetworks.results(generator.frozen().orElseThrow(), images).forEach((output, got) -> {
            Tensor expected = recorded.get(output.name());
            if (expected == null || expected.elements() != got.elements()) {
                comparison.offend(output.name() + ": not recorded, or of another size");
                return;
            }
            double limit = Limits.ofInput(expected);
            comparison.numbers(output.name(), expected.toDoubles(), got.toDoubles(), 1, i -> limit);
        });
        return comparison.outcome("");
    }

    private static String config(String type, Path network) {
        return "{\"type\": \"" + type + "\", \"onnx\": \"" + network + "\"" + (type.equals("CLIPGenerator") ? ", \"tokenizer_path\": \"\"" : "") + "}";
    }

    private static Path network(Path file) {
        String name = file.getFileName().toString();
        String start = name.substring(0, name.length() - SUFFIX.length());
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            return files.filter(f -> f.getFileName().toString().startsWith(start) && f.toString().endsWith(".onnx")).sorted().findFirst()
                    .orElseThrow(() -> new BrokenCaseException("there is no ONNX file beside " + name + " whose name begins with " + start));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
