package dev.selfsup.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipelines of the reference's SimCLR configs, bound and run on a file. */
class ReferencePipelinesTest {
    private static final Path CONFIGS = Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures/configs/selfsup/simclr");

    @Test
    void everyPipelineBindsAndMakesTwoViews(@TempDir Path folder) throws IOException {
        File file = folder.resolve("a.jpg").toFile();
        assertTrue(ImageIO.write(new BufferedImage(90, 70, BufferedImage.TYPE_3BYTE_BGR), "jpg", file));
        List<JsonNode> pipelines = pipelines();
        assertFalse(pipelines.isEmpty());
        for (JsonNode pipeline : pipelines) {
            Sample sample = new Sample(3, file.toPath(), OptionalInt.empty());
            for (JsonNode transform : pipeline) {
                Transform made = InstalledTransforms.transform(transform.toString());
                made.apply(sample, SampleRandom.of(1));
            }
            assertEquals(List.of(224, 224), sample.images().stream().map(image -> image.width()).toList());
        }
    }

    private static List<JsonNode> pipelines() throws IOException {
        List<JsonNode> pipelines = new ArrayList<>();
        try (Stream<Path> files = Files.list(CONFIGS)) {
            for (Path file : files.toList()) {
                pipelines.add(new ObjectMapper().readTree(Files.readString(file)).at("/train_dataloader/dataset/pipeline"));
            }
        }
        return pipelines;
    }
}
