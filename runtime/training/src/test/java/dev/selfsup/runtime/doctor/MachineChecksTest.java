package dev.selfsup.runtime.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.runtime.doctor.Finding.Status;
import dev.selfsup.runtime.plugins.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of Java, processor, memory, disk, fonts, backend and bundles, on machines that are not this one. */
final class MachineChecksTest {
    private static final Path NOWHERE = Path.of("/");

    private static Finding only(Check check) throws Exception {
        List<Finding> findings = check.findings();
        assertEquals(1, findings.size(), findings::toString);
        return findings.get(0);
    }

    private static void assertFound(Status status, String word, String advice, Finding finding) {
        assertEquals(status, finding.status(), finding::toString);
        assertTrue(finding.found().contains(word), finding::toString);
        assertTrue(finding.advice().contains(advice) && finding.advice().isEmpty() == advice.isEmpty(), finding::toString);
    }

    @Test
    void javaMustBeOfAVersionAndPlatformThatThereAreNativesFor() throws Exception {
        assertFound(Status.OK, "17.0.1 (Some, VM) on Linux amd64", "", only(new JavaCheck(Runtime.Version.parse("17.0.1"), "Some, VM", "Linux amd64")));
        assertFound(Status.OK, "25", "", only(new JavaCheck(Runtime.Version.parse("25"), "Some, VM", "Linux amd64")));
        assertFound(Status.WARN, "26", "Java 17 to 25", only(new JavaCheck(Runtime.Version.parse("26"), "Some, VM", "Linux amd64")));
        assertFound(Status.FAIL, "11.0.2", "install Java 17", only(new JavaCheck(Runtime.Version.parse("11.0.2"), "Some, VM", "Linux amd64")));
        assertFound(Status.FAIL, "Mac OS X aarch64", "Linux on x86-64", only(new JavaCheck(Runtime.Version.parse("21"), "Some, VM", "Mac OS X aarch64")));
    }

    @Test
    void aProcessorNeedsAvx2() throws Exception {
        String old = "processor\t: 0\nmodel name\t: Core i7-2600\nflags\t\t: fpu sse4_2 avx\n";
        assertFound(Status.FAIL, "Core i7-2600, without avx2 and fma", "AVX2 and FMA", only(new ProcessorCheck(old)));
        assertFound(Status.OK, "Core i7-2600: avx2, fma, and avx512f", "", only(new ProcessorCheck(old.replace("avx\n", "avx fma avx2 avx512f\n"))));
        assertFound(Status.WARN, "does not tell", "AVX2", only(new ProcessorCheck("")));
    }

    @Test
    void littleMemoryAndLimitsThatWasteItAreTold() throws Exception {
        long gib = Size.GIB;
        assertFound(Status.OK, "machine 16.0 GiB; Java heap up to 4.0 GiB, native arrays up to 4.0 GiB, process up to any size", "",
                only(new MemoryCheck(16 * gib, 4 * gib, 4 * gib, 0)));
        assertFound(Status.WARN, "heap up to 256 MiB", "-Xmx2g", only(new MemoryCheck(16 * gib, gib / 4, 4 * gib, 0)));
        assertFound(Status.WARN, "machine 2.0 GiB", "batch_size", only(new MemoryCheck(2 * gib, gib, gib, 0)));
        assertFound(Status.WARN, "heap up to 15.0 GiB", "-Xmx in SELFSUP_JAVA_OPTS to 4096m", only(new MemoryCheck(16 * gib, 15 * gib, 15 * gib, 0)));
        assertFound(Status.WARN, "arrays up to 1.0 GiB", "maxbytes=8192m", only(new MemoryCheck(16 * gib, gib, gib, 4 * gib)));
    }

    /** A disk with so many bytes left and, perhaps, something that keeps files from being written. */
    private static Disk disk(long free, String obstacle) {
        return new Disk() {
            @Override
            public long free(Path folder) {
                return free;
            }

            @Override
            public Optional<String> obstacle(Path folder) {
                return Optional.ofNullable(obstacle);
            }
        };
    }

    private static FolderCheck folder(Path folder, Disk disk) {
        return new FolderCheck("cache", folder, Size.GIB, 2 * Size.GIB, Status.WARN, "go elsewhere", disk);
    }

    @Test
    void aFolderMustHaveRoomAndBeWritable() throws Exception {
        assertFound(Status.OK, "/: can be written to, 3.0 GiB free", "", only(folder(NOWHERE, disk(3 * Size.GIB, null))));
        assertFound(Status.WARN, "1.5 GiB free", "below 2.0 GiB: make room, or go elsewhere", only(folder(NOWHERE, disk(3 * Size.GIB / 2, null))));
        assertFound(Status.FAIL, "20 MiB free", "needs at least 1.0 GiB: make room, or go elsewhere", only(folder(NOWHERE, disk(20 * Size.MIB, null))));
        assertFound(Status.WARN, "/ cannot be written to: No space left on device; 0 MiB free", "make room",
                only(folder(NOWHERE, disk(0, "No space left on device"))));
    }

    @Test
    void aFolderThatIsNotThereYetIsLookedAtThroughTheOneAboveIt(@TempDir Path parent) throws Exception {
        assertFound(Status.OK, "a/b (not there yet): can be written to", "", only(folder(parent.resolve("a/b"), new Disk() {
            @Override
            public long free(Path folder) throws IOException {
                assertEquals(parent, folder);
                return Disk.THIS.free(folder) + 2 * Size.GIB;
            }

            @Override
            public Optional<String> obstacle(Path folder) {
                return Disk.THIS.obstacle(folder);
            }
        })));
        Path file = Files.createFile(parent.resolve("file"));
        assertFound(Status.WARN, "cannot be made: " + file + " is a file", "move that file", only(folder(file.resolve("x"), disk(0, null))));
        assertTrue(Disk.THIS.obstacle(parent.resolve("none")).isPresent());
        try (var left = Files.list(parent)) {
            assertEquals(List.of(file), left.toList(), "nothing is left behind");
        }
    }

    @Test
    void fontsAreMissedBeforeARunNeedsThem() throws Exception {
        assertFound(Status.OK, "Dialog", "", only(new FontCheck(() -> "Dialog")));
        assertFound(Status.FAIL, "Fontconfig head is null", "fontconfig fonts-dejavu-core", only(new FontCheck(() -> {
            throw new InternalError("Fontconfig head is null");
        })));
        assertEquals(Status.OK, only(FontCheck.ofThisProcess()).status());
    }

    @Test
    void theBackendIsToldWithItsReasonIfThereIsOne() throws Exception {
        assertFound(Status.OK, "cpu: cuda is not installed", "", only(new BackendCheck("backend-cpu", "cuda is not installed")));
        assertEquals("cpu", only(new BackendCheck("", "")).found());
        assertFound(Status.WARN, "cpu: the backend cuda cannot be used", "--backend cuda", only(new BackendCheck("cpu", "the backend cuda cannot be used: no driver")));
    }

    @Test
    void bundlesThatDoNotStartAreToldApart() throws Exception {
        Path deploy = Path.of("/x/deploy");
        Plugin own = plugin("selfsup.api", Plugin.Origin.DISTRIBUTION, Plugin.State.IN_USE);
        Plugin plugged = plugin("deploy/my plugin.jar", Plugin.Origin.DEPLOYED, Plugin.State.IN_USE);
        assertFound(Status.OK, "2 bundles in use, 1 of them from /x/deploy", "", only(new PluginCheck(List.of(own, plugged), deploy)));
        Plugin waiting = plugin("deploy/my plugin.jar", Plugin.Origin.DEPLOYED, Plugin.State.WAITING);
        assertFound(Status.WARN, "deploy/my plugin.jar needs something", "take it out of /x/deploy", first(new PluginCheck(List.of(own, waiting), deploy)));
        Plugin missing = plugin("selfsup.api", Plugin.Origin.DISTRIBUTION, Plugin.State.NOT_USABLE);
        assertFound(Status.FAIL, "selfsup.api needs something", "mvn package", first(new PluginCheck(List.of(missing), deploy)));
    }

    private static Plugin plugin(String name, Plugin.Origin origin, Plugin.State state) {
        return new Plugin(name, "1", origin, state, List.of(), state == Plugin.State.IN_USE ? Optional.empty() : Optional.of("needs something"));
    }

    private static Finding first(Check check) throws Exception {
        return check.findings().get(0);
    }
}
