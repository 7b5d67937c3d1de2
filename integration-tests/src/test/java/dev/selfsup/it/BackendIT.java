package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The choice of the backend, in a distribution whose CUDA backend is made of the jars for the CPU, beside a stand-in for {@code nvidia-smi}; and its
 * installation by a stand-in for {@code mvn}.
 */
final class BackendIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path DIST = Path.of(System.getProperty("selfsup.dist"));
    private static final String A100 = "8.0, 510.47.03, NVIDIA A100-SXM4-40GB\n7.5, 510.47.03, Tesla T4";
    private static final String H100 = "9.0, 550.54.15, NVIDIA H100 PCIe";

    @TempDir
    Path folder;

    private Path home;
    private Script script;

    @BeforeEach
    void aDistribution() throws IOException {
        script = new Script(folder);
        Files.createDirectories(DIST.resolve("natives"));
        home = Files.createDirectories(folder.resolve("dist"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(ROOT.resolve("selfsup"), home.resolve("selfsup"));
        for (String part : List.of("complete", "system", "bundles", "natives", "lib/boot", "lib/core", "lib/backend-cpu")) {
            Files.createSymbolicLink(home.resolve(part), DIST.resolve(part));
        }
    }

    @AfterEach
    void removeLinks() throws IOException {
        Script.removeLinks(folder);
    }

    private void cudaIsInstalled() throws IOException {
        Path cuda = Files.createDirectory(home.resolve("lib/backend-cuda"));
        for (String name : Script.names(DIST.resolve("lib/backend-cpu"))) {
            Files.createSymbolicLink(cuda.resolve(name), DIST.resolve("lib/backend-cpu").resolve(name));
        }
    }

    private void gpus(String lines) throws IOException {
        script.tool("nvidia-smi", "#!/bin/sh\necho \"$@\" >\"${0%/*}/../asked\"\ncat <<END\n" + lines + "\nEND\n");
    }

    /** Any library under the name of the driver's. */
    private void theDriverIsInstalled() throws IOException {
        Path libraries = Files.createDirectory(folder.resolve("driver"));
        Files.copy(Path.of(System.getProperty("java.home"), "lib", "libprefs.so"), libraries.resolve("libcuda.so.1"));
        script.with("LD_LIBRARY_PATH", libraries.toString());
    }

    private Selfsup.Ended selfsup(String... arguments) throws IOException, InterruptedException {
        return script.run(home.resolve("selfsup"), arguments);
    }

    private static void isRefused(Selfsup.Ended ended, String... words) {
        assertTrue(ended.told(2, words), ended::toString);
        assertEquals(1, ended.err().size(), ended::toString);
        assertEquals(List.of(), ended.out());
    }

    @Test
    void withoutCudaTheCpuIsUsedSilently() throws Exception {
        gpus(A100);
        Selfsup.Ended ended = selfsup("backend");
        assertEquals("used: cpu, the only one installed", ended.last(), ended::toString);
        assertEquals(List.of(), ended.err());
        assertFalse(Files.exists(script.path("asked")), "no time is lost on a GPU that cannot be used");
    }

    @Test
    void cudaThatIsNotInstalledIsRefusedWithTheWayToInstallIt() throws Exception {
        isRefused(selfsup("list", "--backend", "cuda"), "backend cuda cannot be used: it is not installed; './selfsup backend install cuda' fetches it");
        isRefused(selfsup("--backend=cuda", "list"), "not installed");
        script.with("SELFSUP_BACKEND", "cuda");
        isRefused(selfsup("list"), "not installed");
        assertEquals(0, selfsup("list", "loop", "--backend", "cpu").status());
    }

    @Test
    void backendsHaveTwoNames() throws Exception {
        isRefused(selfsup("list", "--backend", "gpu"), "--backend must be cpu or cuda, not 'gpu'");
        isRefused(selfsup("list", "--backend"), "--backend must be followed by cpu or cuda");
        isRefused(selfsup("--backend=", "list"), "--backend must be cpu or cuda, not ''");
        script.with("SELFSUP_BACKEND", "backend-cpu");
        isRefused(selfsup("list"), "SELFSUP_BACKEND must be cpu or cuda, not 'backend-cpu'");
    }

    @Test
    void theOptionIsTakenOutOfTheLineWhereverItStands() throws Exception {
        for (String[] line : new String[][] {{"--backend", "cpu", "info", "LARS"}, {"info", "--backend=cpu", "LARS"}, {"info", "LARS", "--backend", "cpu"}}) {
            Selfsup.Ended ended = selfsup(line);
            assertEquals(0, ended.status(), ended::toString);
            assertTrue(ended.out().get(0).startsWith("LARS: optimizer"), ended::toString);
        }
    }

    @Test
    void cudaIsUsedWhereItWorksAndTriedOnlyOnce() throws Exception {
        cudaIsInstalled();
        theDriverIsInstalled();
        gpus(A100);
        Selfsup.Ended first = selfsup("backend");
        assertEquals("used: cuda, NVIDIA A100-SXM4-40GB, compute capability 8.0, driver 510.47.03", first.last(), first::toString);
        assertEquals(List.of("selfsup: trying the CUDA backend on NVIDIA A100-SXM4-40GB, driver 510.47.03 (once)"), first.err());
        Selfsup.Ended second = selfsup("backend", "--backend", "cuda");
        assertEquals(first.last(), second.last());
        assertEquals(List.of(), second.err());
        gpus(A100.replace("510.47.03", "515.65.01"));
        assertEquals(1, selfsup("backend").err().size(), "another driver is another case");
    }

    @Test
    void newerAndOlderGpusAreLeftToTheCpuWithTheReason() throws Exception {
        cudaIsInstalled();
        gpus(H100);
        String reason = "the backend cuda cannot be used: NVIDIA H100 PCIe has compute capability 9.0; the kernels of ND4J's CUDA backend end at 8.9 and cannot be "
                + "compiled for newer GPUs";
        Selfsup.Ended ended = selfsup("backend");
        assertEquals("used: cpu, " + reason, ended.last());
        assertEquals(List.of("selfsup: computing on the CPU; " + reason), ended.err());
        isRefused(selfsup("backend", "--backend", "cuda"), reason);
        gpus(H100.replace("9.0", "12.0"));
        isRefused(selfsup("list", "--backend", "cuda"), "compute capability 12.0", "end at 8.9");
        gpus(H100.replace("9.0", "3.5"));
        isRefused(selfsup("list", "--backend", "cuda"), "compute capability 3.5", "begin at 3.7");
        gpus(H100.replace("9.0", "[N/A]"));
        isRefused(selfsup("list", "--backend", "cuda"), "no compute capability", "'[N/A]'", "newer driver");
    }

    @Test
    void aMissingDriverIsNamedAndAskedForAgainOnlyWhereSomebodyInsists() throws Exception {
        cudaIsInstalled();
        gpus(A100);
        String reason = "libcuda.so.1 cannot be loaded: install the NVIDIA driver, or start the container with its GPUs";
        Selfsup.Ended first = selfsup("backend");
        if (first.last().startsWith("used: cuda")) {
            return; // a machine with a driver
        }
        assertTrue(first.err().get(1).startsWith("selfsup: computing on the CPU; the backend cuda cannot be used: " + reason), first::toString);
        Selfsup.Ended second = selfsup("backend");
        assertEquals(1, second.err().size(), second::toString);
        assertTrue(second.last().endsWith("('--backend cuda' tries again)"), second::toString);
        theDriverIsInstalled();
        assertEquals(0, selfsup("backend", "--backend", "cuda").status());
        assertTrue(selfsup("backend").last().startsWith("used: cuda"));
    }

    @Test
    void withoutNvidiaSmiCudaIsUsedOnlyWhereSomebodyInsists() throws Exception {
        cudaIsInstalled();
        theDriverIsInstalled();
        Selfsup.Ended ended = selfsup("backend");
        assertTrue(ended.last().endsWith("nvidia-smi is not on the PATH: there is no NVIDIA driver"), ended::toString);
        assertTrue(selfsup("backend", "--backend", "cuda").last().startsWith("used: cuda, a probe succeeded"));
    }

    @Test
    void theFirstVisibleDeviceCounts() throws Exception {
        cudaIsInstalled();
        theDriverIsInstalled();
        gpus(A100);
        script.with("CUDA_VISIBLE_DEVICES", "1,0");
        assertEquals(0, selfsup("backend", "--backend", "cuda").status());
        assertTrue(Files.readString(script.path("asked")).startsWith("-i 1 --query-gpu=compute_cap,driver_version,name "));
        script.with("CUDA_VISIBLE_DEVICES", "");
        assertTrue(selfsup("backend").last().endsWith("CUDA_VISIBLE_DEVICES hides every GPU"));
    }

    @Test
    void withoutMavenTheWayRoundIsTold() throws Exception {
        Selfsup.Ended ended = selfsup("backend", "install", "cuda");
        assertTrue(ended.told(2, "no 'mvn' on the PATH", "--out backend-cuda", "lib/backend-cuda"), ended::toString);
        assertEquals(List.of("backend-cpu", "boot", "core"), Script.names(home.resolve("lib")));
    }

    @Test
    void whatMavenFetchesBecomesTheFolderOfTheBackend() throws Exception {
        Path jar = DIST.resolve("lib/core/javacpp-1.5.7.jar");
        script.tool("mvn", "#!/bin/sh\necho 'Downloaded from central: https://host/javacpp-1.5.7.jar (5 kB at 1 kB/s)'\n"
                + "for word in \"$@\"; do case $word in -Dmdep.outputFile=*) echo '" + jar + "' >\"${word#*=}\" ;; esac; done\n");
        Selfsup.Ended ended = selfsup("backend", "install", "cuda");
        assertEquals(0, ended.status(), ended::toString);
        Path cuda = home.resolve("lib/backend-cuda");
        assertEquals(List.of("fetched javacpp-1.5.7.jar (5 kB at 1 kB/s)", "installed: " + cuda + ", 1 jars, 0 MB"), ended.out());
        assertEquals(List.of("javacpp-1.5.7.jar", "packages.list"), Script.names(cuda));
        assertTrue(Files.readAllLines(cuda.resolve("packages.list")).contains("org.bytedeco.javacpp;version=\"1.5.7\""));
    }

    @Test
    void anInstallationThatFailsOrIsInterruptedLeavesNothing() throws Exception {
        script.tool("mvn", "#!/bin/sh\necho '[ERROR] no such host'\nexit 1\n");
        Selfsup.Ended failed = selfsup("backend", "install", "cuda");
        assertTrue(failed.told(1, "Maven cannot fetch the jars: no such host"), failed::toString);
        script.tool("mvn", "#!/bin/sh\necho 'Downloading from central: https://host/cuda.jar'\nexec sleep 80\n");
        Selfsup.Running running = script.start(List.of(home.resolve("selfsup").toString(), "backend", "install", "cuda"));
        running.until(() -> contains(running.out(), "fetching cuda.jar"));
        running.signal("TERM");
        Selfsup.Ended stopped = running.ended();
        assertEquals(143, stopped.status(), stopped::toString);
        assertEquals(List.of("stopped; nothing has been installed"), stopped.err());
        assertEquals(List.of("backend-cpu", "boot", "core"), Script.names(home.resolve("lib")));
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
