package dev.selfsup.scaffold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProjectTest {
    private static final Installation SELFSUP = new Installation(Path.of("/opt/self sup"), Path.of("/opt/self sup/lib/dist"), Path.of("/opt/self sup/deploy"));

    @Test
    void noPlaceholderAndNoVersionStaysOpen() {
        for (PluginKind kind : PluginKind.values()) {
            project(kind, "MyThing", "/home/me/my-thing").files().forEach((path, content) -> {
                assertFalse(path.contains("__") || content.contains("__"), kind + " " + path);
                assertFalse(content.matches("(?s).*@[a-z.0-9]+@.*"), kind + " " + path);
                assertTrue(content.endsWith("\n"), kind + " " + path);
            });
        }
    }

    @Test
    void filesLieWhereMavenAndReadersExpectThem() {
        assertEquals(Set.of("README.md", "pom.xml", "bnd.bnd", ".gitignore", "src/main/java/custom/neck/mything/MyThing.java",
                "src/test/java/custom/neck/mything/MyThingTest.java", "configs/my_thing.yaml", "configs/_base_/run.yaml", "configs/_base_/simclr.yaml"),
                project(PluginKind.NECK, "MyThing", "/home/me/my-thing").files().keySet());
    }

    @Test
    void anAlgorithmNeedsNoOtherMethodsConfig() {
        assertFalse(project(PluginKind.ALGORITHM, "MyThing", "/home/me/my-thing").files().containsKey("configs/_base_/simclr.yaml"));
    }

    @Test
    void aProjectElsewhereNamesItsSelfSupByAbsolutePaths() {
        Map<String, String> files = project(PluginKind.NECK, "MyThing", "/home/me/my-thing").files();
        assertTrue(files.get("pom.xml").contains("<selfsup.home>/opt/self sup/lib/dist</selfsup.home>"));
        assertTrue(files.get("configs/_base_/run.yaml").contains("data_root: '/opt/self sup/configs/quickstart/data/train'"));
        assertTrue(files.get("configs/my_thing.yaml").contains("# Run:   '/opt/self sup/selfsup' train configs/my_thing.yaml\n"));
        assertTrue(files.get("README.md").contains("mvn -q package\ncp target/my-thing-1.0.0.jar '/opt/self sup/deploy'/\n"));
    }

    @Test
    void aProjectInTheCheckoutMovesWithIt() {
        Map<String, String> files = project(PluginKind.NECK, "MyThing", "/opt/self sup/plug-ins/my-thing").files();
        assertTrue(files.get("pom.xml").contains("<selfsup.home>${project.basedir}/../../lib/dist</selfsup.home>"));
        assertTrue(files.get("configs/_base_/run.yaml").contains("data_root: configs/quickstart/data/train"));
        assertTrue(files.get("configs/my_thing.yaml").contains("# Run:   ./selfsup train plug-ins/my-thing/configs/my_thing.yaml\n"));
        assertTrue(files.get("README.md").contains("mvn -q -f plug-ins/my-thing package\ncp plug-ins/my-thing/target/my-thing-1.0.0.jar deploy/\n"));
        assertTrue(files.values().stream().noneMatch(content -> content.contains("/opt/")));
    }

    @Test
    void pathsAreWrittenInTheLanguageOfTheirFile() {
        Path odd = Path.of("/a<b>&'c");
        Map<String, String> files = new Project(PluginKind.LOSS, PluginName.of(PluginKind.LOSS, "MyThing", "custom", null), Path.of("/home/x"),
                new Installation(odd, odd, odd)).files();
        assertTrue(files.get("pom.xml").contains("<selfsup.home>/a&lt;b&gt;&amp;'c</selfsup.home>"));
        assertTrue(files.get("configs/_base_/run.yaml").contains("data_root: '/a<b>&''c/configs/quickstart/data/train'"));
        assertTrue(files.get("README.md").contains("cp target/my-thing-1.0.0.jar '/a<b>&'\\''c'/\n"));
    }

    @Test
    void theSamplePluginOfTheIntegrationTestsIsWhatIsWritten() throws IOException {
        Path root = Path.of(System.getProperty("selfsup.root"));
        Path sample = root.resolve("integration-tests/sample-plugin");
        Installation checkout = new Installation(root, root.resolve("runtime/launcher/target/dist"), root.resolve("deploy"));
        Project project = new Project(PluginKind.ALGORITHM, PluginName.of(PluginKind.ALGORITHM, "SampleSiam", "sample", null), sample, checkout);
        for (Map.Entry<String, String> file : project.files().entrySet()) {
            assertEquals(file.getValue(), Files.readString(sample.resolve(file.getKey())), file.getKey()
                    + " differs; write it anew with: ./selfsup new algorithm SampleSiam --scope sample --dir integration-tests/sample-plugin --force");
        }
    }

    @Test
    void aNameThatTheCodeUsesItselfIsRefused() {
        for (String name : List.of("Neck", "Linear", "Override", "Config")) {
            UsageException refusal = assertThrows(UsageException.class, () -> project(PluginKind.NECK, name, "/home/me/x").files(), name);
            assertEquals("NAME must not be '" + name + "': the code of a plug-in of kind neck uses that name; did you mean 'My" + name + "'?", refusal.getMessage());
        }
    }

    private static Project project(PluginKind kind, String type, String folder) {
        return new Project(kind, PluginName.of(kind, type, "custom", null), Path.of(folder), SELFSUP);
    }
}
