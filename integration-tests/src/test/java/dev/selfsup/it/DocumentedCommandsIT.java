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

/** Runs the commands of the documentation's shell blocks as they stand, but for one epoch: in the checkout, those of the walk through a plug-in in a folder of their own. */
final class DocumentedCommandsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Path WALK = ROOT.resolve("docs/plugins.md");
    private static final long MINUTES = 5;

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> everyDocumentedCommandWorks() throws IOException {
        return commands().stream().filter(c -> !c.equals("mvn verify")).map(c -> DynamicTest.dynamicTest(c, () -> run(c, ROOT)));
    }

    /** One after the other in an empty folder whose script is that of the checkout, and whose plug-ins are its own. */
    @Test
    void theWalkThroughAPlugInWorks() throws Exception {
        Path walk = Files.createDirectory(folder.resolve("walk"));
        Files.createSymbolicLink(walk.resolve("selfsup"), ROOT.resolve("selfsup"));
        List<String> printed = new ArrayList<>();
        for (String command : commands(WALK)) {
            printed.add(run(command, walk));
        }
        List<String> infos = printed.stream().filter(text -> text.startsWith("MyMethod: algorithm of scope custom")).toList();
        assertEquals(2, infos.size(), printed::toString);
        assertTrue(infos.get(0).contains("hidden_channels: integer, default 64") && infos.get(1).contains("hidden_channels: integer, default 128"), infos::toString);
        String left = printed.get(printed.size() - 1);
        assertTrue(left.contains("SimCLR") && !left.contains("MyMethod"), left);
    }

    @Test
    void theReadmeNamesTheTwoCommandsThatDoEverything() throws IOException {
        assertTrue(commands().contains("./selfsup train configs/quickstart/simclr_photos.yaml"));
        assertTrue(commands().contains("mvn verify"));
    }

    private static List<String> commands() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md") && !page.equals(WALK)).sorted().forEach(pages::add);
        }
        List<String> commands = new ArrayList<>();
        for (Path page : pages) {
            commands.addAll(commands(page));
        }
        return commands;
    }

    private static List<String> commands(Path page) throws IOException {
        List<String> commands = new ArrayList<>();
        Matcher block = SHELL_BLOCK.matcher(Files.readString(page));
        while (block.find()) {
            Stream.of(block.group(1).replace("\\\n", " ").split("\n"))
                    .map(line -> line.replaceFirst("\\s+#.*", "").strip().replaceAll(" +", " "))
                    .filter(line -> !line.isEmpty()).forEach(commands::add);
        }
        return commands;
    }

    /** Runs a command in a folder and gives what it prints. */
    private static String run(String command, Path place) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", shortened(command)).directory(place.toFile()).redirectErrorStream(true).redirectOutput(out.toFile());
        if (!place.equals(ROOT)) {
            shell.environment().put("SELFSUP_DEPLOY", place.resolve("deploy").toString());
        }
        Process process = shell.start();
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), command + " takes longer than " + MINUTES + " minutes");
        String printed = Files.readString(out);
        assertEquals(0, process.exitValue(), printed);
        assertFalse(printed.contains("\tat "), printed);
        return printed;
    }

    private static String shortened(String command) throws IOException {
        String known = command.replace("/path/to/images", ROOT.resolve("configs/quickstart/data").toString())
                .replaceFirst(" --work-dir \\S+", "");
        return known.startsWith("./selfsup train ")
                ? known + " --cfg-options train_cfg.max_epochs=1 --work-dir " + Files.createTempDirectory(folder, "run")
                : known;
    }
}
