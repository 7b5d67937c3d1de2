package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.layers.Pooling;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LayerOptionsTest {
    @CommandLine.Command
    private static final class Options {
        @CommandLine.Mixin
        private final LayerOptions layers = new LayerOptions();
    }

    private static LayerOptions parsed(String... line) {
        Options options = new Options();
        new CommandLine(options).parseArgs(line);
        return options.layers;
    }

    @Test
    void numbersAreStages() {
        assertEquals(List.of("model.backbone.out_indices=[0, 3]"), parsed("--layers", "0,3").changes(Pooling.MEAN));
        assertEquals("--layers: a backbone has no stage 99999999999; name stages by numbers from 0 on, as 0,1,2,3",
                assertThrows(UsageException.class, () -> parsed("--layers", "0,99999999999").changes(Pooling.MEAN)).getMessage());
    }

    @Test
    void theFileThatNamesImagesIsTheOneThatMessagesName() {
        Path config = Path.of("config.yaml");
        assertEquals(Path.of("images.yaml"), parsed("--dataset-config", "images.yaml").file(config));
        assertEquals(config, parsed().file(config));
    }
}
