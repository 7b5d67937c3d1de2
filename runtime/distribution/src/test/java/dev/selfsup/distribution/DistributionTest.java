package dev.selfsup.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DistributionTest {
    @TempDir
    private Path folder;
    private Path home;

    @BeforeEach
    void aCheckout() throws IOException {
        home = folder.resolve("target/dist");
        for (String file : List.of("selfsup", "configs/a.yaml", "docs/a.md", "server/Dockerfile", "LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "pom.xml",
                "work_dirs/run/log.jsonl", "target/dist/lib/core/nd4j.jar", "target/dist/complete", "target/dist/natives/lib.so", "target/dist/parity/case.json")) {
            file(folder.resolve(file), "");
        }
        bundle("selfsup.api");
        bundle("selfsup.heads.contrastivehead;singleton:=true");
    }

    private static void file(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void bundle(String symbolicName) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", symbolicName);
        Path jar = home.resolve("bundles").resolve(symbolicName.split(";")[0] + ".jar");
        Files.createDirectories(jar.getParent());
        try (OutputStream bytes = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            out.finish();
        }
    }

    private List<String> names(Distribution distribution, boolean cuda) throws IOException {
        return List.copyOf(distribution.files(bundle -> true, cuda).keySet());
    }

    @Test
    void aCheckoutGivesWhatIsBuiltAndWhatUsersRead() throws IOException {
        assertEquals(List.of("CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "bundles/selfsup.api.jar", "bundles/selfsup.heads.contrastivehead.jar",
                "configs/a.yaml", "docs/a.md", "lib/core/nd4j.jar", "parity/case.json", "selfsup", "server/Dockerfile"), names(new Distribution(home, folder), false));
    }

    @Test
    void anUnpackedDistributionGivesItsPartsAndNothingThatIsTheUsers() throws IOException {
        file(folder.resolve("complete"), "lib\nselfsup\n");
        file(folder.resolve("lib/core/nd4j.jar"), "");
        assertEquals(List.of("lib/core/nd4j.jar", "selfsup"), names(new Distribution(folder, folder), false));
    }

    @Test
    void onlyTheBundlesThatAreWantedGoAlong() throws IOException {
        Set<String> wanted = Set.of("selfsup.heads.contrastivehead");
        assertEquals(List.of("bundles/selfsup.heads.contrastivehead.jar"),
                new Distribution(home, folder).files(wanted::contains, false).keySet().stream().filter(name -> name.startsWith("bundles")).toList());
    }

    @Test
    void theCudaBackendGoesAlongWhereItIsAskedForWithoutTracesOfItsUse() throws IOException {
        for (String file : List.of("backend-cuda/cuda.jar", "backend-cuda/packages.list", "backend-cuda/probed", "backend-cuda.partial-1/cuda.jar")) {
            file(home.resolve("lib").resolve(file), "");
        }
        Distribution distribution = new Distribution(home, folder);
        assertEquals(List.of("lib/core/nd4j.jar"), names(distribution, false).stream().filter(name -> name.startsWith("lib")).toList());
        assertEquals(List.of("lib/backend-cuda/cuda.jar", "lib/backend-cuda/packages.list", "lib/core/nd4j.jar"),
                names(distribution, true).stream().filter(name -> name.startsWith("lib")).toList());
    }
}
