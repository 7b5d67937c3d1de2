package dev.selfsup.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every recorded case of these transforms against the reference's pixels (Pillow 9.4.0, OpenCV 4.6.0). */
class RecordedCasesTest {
    private static final Path FIXTURES = Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures");
    private static final List<String> GROUPS = List.of("RandomResizedCrop", "ColorJitter", "RandomGrayscale", "RandomGaussianBlur",
            "RandomSolarize", "RandomFlip", "CenterCrop", "ResizeEdge", "MultiView", "RandomRotation", "RotationWithLabels", "RandomPatchWithLabels");

    private final Map<String, Tensor> data = Npz.readAll(FIXTURES.resolve("transforms/data.npz"));
    private final Map<String, Tensor> shared = Npz.readAll(FIXTURES.resolve("_shared/images.npz"));

    @TestFactory
    Stream<DynamicTest> pixelsAreThoseOfTheReference() throws IOException {
        return cases().stream().map(recorded -> DynamicTest.dynamicTest(recorded.name(), () -> check(recorded)));
    }

    @Test
    void everyGroupHasCases() throws IOException {
        assertEquals(GROUPS.size(), cases().stream().map(Recorded::group).distinct().count());
    }

    private record Recorded(int id, String group, String image, Map<String, Object> spec, List<String> outputs) {
        String name() {
            return id + " " + group + " " + spec;
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Recorded> cases() throws IOException {
        Map<String, Object> file = new ObjectMapper().readValue(Files.readString(FIXTURES.resolve("transforms/cases.json")), Map.class);
        List<Recorded> cases = new ArrayList<>();
        for (Map<String, Object> entry : (List<Map<String, Object>>) file.get("cases")) {
            if (GROUPS.contains(entry.get("group"))) {
                cases.add(new Recorded((int) entry.get("id"), (String) entry.get("group"), (String) entry.get("image"),
                        (Map<String, Object>) entry.get("spec"), List.copyOf(((Map<String, Object>) entry.get("outputs")).keySet())));
            }
        }
        return cases;
    }

    private void check(Recorded recorded) throws IOException {
        Choices spec = Choices.of(recorded.spec);
        List<Image> images = new ArrayList<>();
        Map<String, Sample.Field> fields = new HashMap<>();
        for (Replayable transform : transforms(recorded.group, spec)) {
            Sample sample = new Sample(0, Path.of(recorded.image), OptionalInt.empty());
            sample.setImages(image(recorded.image.startsWith("src/") ? data.get(recorded.image) : shared.get(recorded.image)));
            transform.replay(sample, spec);
            images.addAll(sample.images());
            fields.putAll(sample.fields());
        }
        List<String> outputs = new ArrayList<>(recorded.outputs);
        fields.forEach((name, field) -> {
            assertTrue(outputs.remove(name), name);
            Tensor expected = data.get(recorded.id + "/" + name);
            assertArrayEquals(Arrays.stream(field.shape()).asLongStream().toArray(), expected.shape(), name);
            assertArrayEquals(Arrays.stream(expected.toLongs()).asDoubleStream().toArray(), field.values(), name);
        });
        assertEquals(outputs.size(), images.size());
        for (int i = 0; i < outputs.size(); i++) {
            compare(image(data.get(recorded.id + "/" + outputs.get(i))), images.get(i), Limit.of(recorded));
        }
    }

    /**
     * What may differ.
     *
     * @param levels largest difference of a value
     * @param part part of the values that may differ at all
     */
    private record Limit(int levels, double part) {
        static Limit of(Recorded recorded) {
            boolean hue = recorded.group.equals("ColorJitter") && recorded.spec.get("hue") != null;
            boolean taps = "cv2".equals(recorded.spec.get("backend")) && recorded.spec.containsKey("interpolation")
                    && List.of("bicubic", "lanczos").contains(recorded.spec.get("interpolation"));
            return hue ? new Limit(3, 0.01) : taps || recorded.group.equals("RandomRotation") ? new Limit(2, 1) : new Limit(1, 0.01);
        }
    }

    private static void compare(Image expected, Image actual, Limit limit) {
        assertEquals(List.of(expected.width(), expected.height(), expected.channels()),
                List.of(actual.width(), actual.height(), actual.channels()), "width, height, channels");
        int worst = 0;
        int different = 0;
        for (int i = 0; i < expected.data().length; i++) {
            int difference = Math.abs((expected.data()[i] & 255) - (actual.data()[i] & 255));
            worst = Math.max(worst, difference);
            different += difference > 0 ? 1 : 0;
        }
        String found = String.format(Locale.ROOT, "%d of %d values differ, by up to %d", different, expected.data().length, worst);
        assertTrue(worst <= limit.levels && different <= limit.part * expected.data().length, found);
    }

    private static Image image(Tensor tensor) {
        long[] shape = tensor.shape();
        ByteBuffer bytes = tensor.toBytes();
        byte[] pixels = new byte[bytes.remaining()];
        bytes.get(pixels);
        return new Image((int) shape[1], (int) shape[0], shape.length == 3 ? (int) shape[2] : 1, pixels);
    }

    /** Made as the parity command makes it: the factory's config of the case, bound like any other. */
    private static List<Replayable> transforms(String group, Choices spec) throws IOException {
        List<Replayable> transforms = new ArrayList<>();
        for (Map<String, Object> given : ((Replayable.Recorded) InstalledTransforms.factory(group)).configs(spec)) {
            Map<String, Object> config = new HashMap<>(given);
            config.put("type", group);
            transforms.add((Replayable) InstalledTransforms.transform(new ObjectMapper().writeValueAsString(config)));
        }
        return transforms;
    }
}
