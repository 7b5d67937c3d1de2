package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The recorded transforms of a folder: {@code cases.json} lists them, {@code data.npz} holds the pixels. */
final class TransformCases {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Components components;
    private final InstalledTypes types;
    private Map<String, Tensor> data;
    private Map<String, Tensor> shared;

    TransformCases(Path folder, Components components) {
        this.folder = folder;
        this.components = components;
        this.types = new InstalledTypes(components);
    }

    /** What becomes of each case, by its name. */
    Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        JsonNode cases = CaseFolder.json(folder.resolve("cases.json")).path("cases");
        if (!cases.isArray() || cases.isEmpty()) {
            throw new BrokenCaseException("cases.json lists no cases");
        }
        data = Npz.readAll(folder.resolve("data.npz"));
        shared = CaseFolder.nearest(folder, "_shared").map(at -> Npz.readAll(at.resolve("images.npz"))).orElse(Map.of());
        for (JsonNode recorded : cases) {
            outcomes.put(recorded.path("id").asText() + " " + recorded.path("group").asText(), outcome(recorded));
        }
        return outcomes;
    }

    private Outcome outcome(JsonNode recorded) {
        String group = recorded.path("group").asText();
        List<Components.Id> ids = types.ids(group).stream().filter(id -> id.kind().equals("transform")).toList();
        if (group.isEmpty() || !recorded.path("spec").isObject()) {
            return Outcome.failed("cases.json has no group or no spec of this case", 0);
        }
        if (ids.isEmpty()) {
            return Outcome.skipped("type " + group + " is not installed");
        }
        try {
            return compared(recorded, replayed(recorded, group)).outcome("");
        } catch (RuntimeException e) {
            return Outcome.failed(e.getMessage() == null ? e.toString() : e.getMessage(), 0);
        }
    }

    private Comparison compared(JsonNode recorded, List<Sample> replayed) {
        Comparison comparison = new Comparison();
        List<Image> images = replayed.stream().flatMap(sample -> sample.images().stream()).toList();
        Map<String, Sample.Field> fields = replayed.get(0).fields();
        List<String> names = new ArrayList<>();
        recorded.path("outputs").fieldNames().forEachRemaining(names::add);
        for (String name : names.stream().filter(fields::containsKey).toList()) {
            labels(name, pixels(recorded.path("id").asText() + "/" + name), fields.get(name), comparison);
        }
        names.removeIf(fields::containsKey);
        if (names.size() != images.size()) {
            comparison.offend("the replay gives " + images.size() + " images, not " + names.size());
        }
        for (int i = 0; i < Math.min(names.size(), images.size()); i++) {
            compare(names.get(i), pixels(recorded.path("id").asText() + "/" + names.get(i)), images.get(i), Tolerance.of(recorded), comparison);
        }
        return comparison;
    }

    private static void labels(String name, Tensor recorded, Sample.Field got, Comparison comparison) {
        long[] shape = Arrays.stream(got.shape()).asLongStream().toArray();
        if (!Arrays.equals(recorded.shape(), shape)) {
            comparison.offend(name + ": got " + Arrays.toString(shape) + ", expected " + Arrays.toString(recorded.shape()));
            return;
        }
        comparison.numbers(name, Arrays.stream(recorded.toLongs()).asDoubleStream().toArray(), got.values(), 1, i -> 0);
    }

    /** A sample for each config of the case. */
    private List<Sample> replayed(JsonNode recorded, String group) {
        Map<String, Object> spec = JSON.convertValue(recorded.path("spec"), new com.fasterxml.jackson.core.type.TypeReference<>() { });
        Choices choices = Choices.of(spec);
        Components.Installed installed = components.find("transform", group, List.of("mmselfsup")).orElseThrow();
        if (!(installed.factory() instanceof Replayable.Recorded factory)) {
            throw new BrokenCaseException("the random choices of " + group + " cannot be given");
        }
        String name = recorded.path("image").asText();
        return factory.configs(choices).stream().map(given -> {
            ObjectNode config = JSON.valueToTree(given);
            config.put("type", group);
            Sample sample = new Sample(0, Path.of(name), OptionalInt.empty());
            sample.setImages(image(pixels(name)));
            ((Replayable) types.bind(config, Transform.class)).replay(sample, choices);
            return sample;
        }).toList();
    }

    private Tensor pixels(String name) {
        Tensor pixels = data.getOrDefault(name, shared.get(name));
        if (pixels == null) {
            throw new BrokenCaseException("there is no image " + name);
        }
        return pixels;
    }

    private static Image image(Tensor tensor) {
        long[] shape = tensor.shape();
        ByteBuffer bytes = tensor.toBytes();
        byte[] pixels = new byte[bytes.remaining()];
        bytes.get(pixels);
        return new Image((int) shape[1], (int) shape[0], shape.length == 3 ? (int) shape[2] : 1, pixels);
    }

    /**
     * What may differ, as the fixtures' {@code tolerance} says.
     *
     * @param levels largest difference of a value
     * @param part part of the values that may differ at all
     */
    private record Tolerance(int levels, double part) {
        static Tolerance of(JsonNode recorded) {
            JsonNode spec = recorded.path("spec");
            String group = recorded.path("group").asText();
            boolean taps = spec.path("backend").asText().equals("cv2") && List.of("bicubic", "lanczos").contains(spec.path("interpolation").asText());
            if (group.equals("ColorJitter") && !spec.path("hue").isNull() && !spec.path("hue").isMissingNode()) {
                return new Tolerance(3, 0.01);
            }
            return taps || group.equals("RandomRotation") ? new Tolerance(2, 1) : new Tolerance(1, 0.01);
        }
    }

    private static void compare(String name, Tensor recorded, Image got, Tolerance tolerance, Comparison comparison) {
        Image expected = image(recorded);
        if (expected.width() != got.width() || expected.height() != got.height() || expected.channels() != got.channels()) {
            comparison.offend(name + ": got " + size(got) + ", expected " + size(expected));
            return;
        }
        double[] wanted = levels(expected);
        double[] levels = levels(got);
        long different = 0;
        for (int i = 0; i < wanted.length; i++) {
            different += wanted[i] == levels[i] ? 0 : 1;
        }
        comparison.numbers(name, wanted, levels, 1, i -> tolerance.levels);
        if (different > tolerance.part * wanted.length) {
            comparison.offend(name + ": " + different + " of " + wanted.length + " values differ, " + tolerance.part * 100 + " % may");
        }
    }

    private static String size(Image image) {
        return image.width() + "x" + image.height() + "x" + image.channels();
    }

    private static double[] levels(Image image) {
        double[] levels = new double[image.width() * image.height() * image.channels()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = image.data()[i] & 0xFF;
        }
        return levels;
    }
}
