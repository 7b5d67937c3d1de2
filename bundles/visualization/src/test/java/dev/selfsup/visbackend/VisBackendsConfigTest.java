package dev.selfsup.visbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.Visualizer;
import dev.selfsup.config.Config;
import dev.selfsup.visbackend.localvisbackend.LocalVisBackend;
import dev.selfsup.visbackend.tensorboardvisbackend.TensorboardVisBackend;
import dev.selfsup.visualizer.selfsupvisualizer.SelfSupVisualizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisBackendsConfigTest {
    private static final Components INSTALLED = new Components() {
        @Override
        public List<Installed> all() {
            return List.of(new Installed(new Id("vis_backend", "mmengine", "LocalVisBackend"), new LocalVisBackend.Factory()),
                    new Installed(new Id("vis_backend", "mmengine", "TensorboardVisBackend"), new TensorboardVisBackend.Factory()),
                    new Installed(new Id("visualizer", "mmselfsup", "SelfSupVisualizer"), new SelfSupVisualizer.Factory()));
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return all().stream().filter(i -> i.id().kind().equals(kind) && i.id().name().equals(type)).findFirst();
        }
    };

    @TempDir
    private Path folder;

    record Run(Visualizer visualizer) {}

    private static Visualizer bind(String yaml) {
        return Config.parse("test", yaml).bind(Run.class, INSTALLED).visualizer();
    }

    @Test
    void theVisualizerOfTheReferencesConfigsBindsWithDefaults() throws IOException {
        Visualizer visualizer = bind("""
                visualizer:
                  type: SelfSupVisualizer
                  vis_backends: [{type: LocalVisBackend}, {type: TensorboardVisBackend}]
                  name: visualizer
                """);
        visualizer.open(folder);
        visualizer.addConfig("a: 1");
        visualizer.addScalars(Map.of("loss", 1.0), 1);
        visualizer.close();
        Path data = folder.resolve("vis_data");
        assertTrue(Files.exists(data.resolve("config.yaml")));
        assertEquals("{\"loss\":1.0,\"step\":1}\n", Files.readString(data.resolve("scalars.json")));
        try (var files = Files.list(data)) {
            assertEquals(1, files.filter(f -> f.getFileName().toString().startsWith("events.out.tfevents.")).count());
        }
    }

    @Test
    void theFolderCanBeSet() {
        bind("visualizer: {type: SelfSupVisualizer, save_dir: '" + folder.resolve("x") + "', vis_backends: [{type: LocalVisBackend}]}")
                .open(folder.resolve("run"));
        assertTrue(Files.exists(folder.resolve("x/vis_data/scalars.json")));
    }

    @Test
    void unknownKeysAreRefused() {
        String message = assertThrows(UsageException.class,
                () -> bind("visualizer: {type: SelfSupVisualizer, vis_backends: [{type: LocalVisBackend, img_dir: x}]}")).getMessage();
        assertTrue(message.contains("img_dir"), message);
    }
}
