package dev.selfsup.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The augmentations against pixels that mmcv 2.0.0rc4's functions made, with OpenCV. */
class RecordedAugmentationsTest {
    private static final Path FOLDER = folder();
    private final Map<String, Tensor> data = Npz.readAll(FOLDER.resolve("data.npz"));

    private static Path folder() {
        try {
            return Path.of(RecordedAugmentationsTest.class.getResource("/augmentations/cases.json").toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> pixelsAreThoseOfTheReference() throws IOException {
        JsonNode cases = cases();
        return Stream.iterate(0, i -> i < cases.size(), i -> i + 1).map(i -> DynamicTest.dynamicTest(i + " " + cases.get(i), () -> check(i, cases.get(i))));
    }

    @Test
    void everyTypeHasCases() throws IOException {
        assertEquals(14, StreamSupport.stream(cases().spliterator(), false).map(recorded -> recorded.at("/config/type").asText()).distinct().count());
    }

    private static JsonNode cases() throws IOException {
        return new ObjectMapper().readTree(Files.readString(FOLDER.resolve("cases.json")));
    }

    private void check(int number, JsonNode recorded) {
        Map<String, Object> choices = new HashMap<>(Map.of("magnitude", recorded.get("magnitude").asDouble()));
        choices.put("alpha", new ObjectMapper().convertValue(recorded.get("alpha"), Object.class));
        Sample sample = Augmentations.sample(image(data.get(recorded.get("image").asText())));
        ((Replayable) Augmentations.transform(recorded.get("config").toString())).replay(sample, Choices.of(choices));
        assertArrayEquals(image(data.get(Integer.toString(number))).data(), sample.image().data());
    }

    private static Image image(Tensor tensor) {
        ByteBuffer bytes = tensor.toBytes();
        byte[] pixels = new byte[bytes.remaining()];
        bytes.get(pixels);
        return new Image((int) tensor.shape()[1], (int) tensor.shape()[0], 3, pixels);
    }
}
