package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the documentation's shell blocks as they stand, but for one epoch. */
final class DocumentedCommandsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final long MINUTES = 5;

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> everyDocumentedCommandWorks() throws IOException {
        return commands().stream().filter(c -> !c.equals("mvn verify")).map(c -> DynamicTest.dynamicTest(c, () -> run(c)));
    }

    @Test
    void theReadmeNamesTheTwoCommandsThatDoEverything() throws IOException {
        assertTrue(commands().contains("./selfsup train configs/quickstart/simclr_photos.yaml"));
        assertTrue(commands().contains("mvn verify"));
    }

    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher block = SHELL_BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                Stream.of(block.group(1).replace("\\\n", " ").split("\n"))
                        .map(line -> line.replaceFirst("\\s+#.*", "").strip().replaceAll(" +", " "))
                        .filter(line -> !line.isEmpty()).forEach(commands::add);
            }
        }
        return commands;
    }

    private static void run(String command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process = new ProcessBuilder("sh", "-c", shortened(command)).directory(ROOT.toFile()).redirectErrorStream(true)
                .redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), command + " takes longer than " + MINUTES + " minutes");
        String printed = Files.readString(out);
        assertEquals(0, process.exitValue(), printed);
        assertFalse(printed.contains("\tat "), printed);
    }

    private static String shortened(String command) throws IOException {
        String known = command.replace("/path/to/images", ROOT.resolve("configs/quickstart/data").toString())
                .replaceFirst(" --work-dir \\S+", "");
        return known.startsWith("./selfsup train ")
                ? known + " --cfg-options train_cfg.max_epochs=1 --work-dir " + Files.createTempDirectory(folder, "run")
                : known;
    }
}
