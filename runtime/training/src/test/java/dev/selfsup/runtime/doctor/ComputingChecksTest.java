package dev.selfsup.runtime.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.doctor.Finding.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of GPUs, native libraries, ONNX Runtime and numbers, on machines that are not this one. */
final class ComputingChecksTest {
    private static List<Finding> gpus(int status, String text) throws Exception {
        return new GpuCheck(() -> Optional.of(new NvidiaSmi.Answer(status, text))).findings();
    }

    private static Finding gpu(String line) throws Exception {
        return gpus(0, line).get(0);
    }

    @Test
    void anH100IsSaidNotToRunAndWhy() throws Exception {
        Finding h100 = gpu("NVIDIA H100 80GB HBM3, 535.129.03, 9.0, 81559 MiB");
        assertEquals(new Finding(Status.WARN, "gpu", "NVIDIA H100 80GB HBM3, driver 535.129.03, compute capability 9.0, 81559 MiB: ND4J's CUDA backend"
                + " does not run on it. ND4J 1.0.0-M2.1 ships CUDA 11.6 kernels for compute capability 3.7 to 8.6 only, without PTX,"
                + " so that H100 (9.0), Blackwell and whatever is above"
                + " 8.9 do not run", "train on the CPU backend, or on a GPU from 3.7 to 8.9, as A100 or RTX 30 and 40"), h100);
        assertEquals(Status.WARN, gpu("NVIDIA B200, 570.1, 10.0, 183359 MiB").status());
        assertEquals(Status.WARN, gpu("NVIDIA GeForce RTX 5090, 570.1, 12.0, 32607 MiB").status());
    }

    @Test
    void whatKernelsWereCompiledForRunsAndAdaRunsTheCodeFor86() throws Exception {
        for (String capability : List.of("3.7", "6.0", "7.5", "8.0", "8.6")) {
            Finding old = gpu("Some GPU, 470.1, " + capability + ", 1 MiB");
            assertTrue(old.status() == Status.OK && old.found().endsWith("ND4J's CUDA backend runs on it"), old::toString);
        }
        Finding ada = gpu("NVIDIA L4, 535.1, 8.9, 23034 MiB");
        assertTrue(ada.status() == Status.OK && ada.found().contains("runs the code for 8.6"), ada::toString);
        assertEquals(Status.WARN, gpu("Tesla K20, 470.1, 3.5, 1 MiB").status());
    }

    @Test
    void anOldDriverAndAStrangeAnswerAreTold() throws Exception {
        assertTrue(gpu("Tesla V100, 418.87.01, 7.0, 16160 MiB").found().endsWith("the driver is too old for CUDA 11.6"));
        assertTrue(gpu("Tesla V100, 450.80, [N/A], 16160 MiB").advice().contains("update NVIDIA's driver"));
        assertEquals(2, gpus(0, "A, 470.1, 8.0, 1 MiB\nB, 470.1, 9.0, 1 MiB\n").size());
    }

    @Test
    void withoutNvidiaSmiThereIsNoGpuAndAFailureOfItIsAWarning() throws Exception {
        assertEquals(List.of(Finding.ok("gpu", "none found (there is no nvidia-smi)")), new GpuCheck(Optional::empty).findings());
        Finding failed = gpus(9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.").get(0);
        assertTrue(failed.status() == Status.WARN && failed.found().endsWith("(status 9)") && failed.advice().contains("--gpus all"), failed::toString);
    }

    private static Natives natives(Optional<String> oneDnn, int threads, int cores) {
        return new Natives("CpuBackend", "AVX2", "AVX-512", oneDnn, List.of("libopenblas.so.0", "libjnijavacpp.so"),
                List.of("nd4j-native-1.0.0-M2.1.jar", "nd4j-native-1.0.0-M2.1-linux-x86_64.jar", "openblas-0.3.19-1.5.7.jar", "javacpp-1.5.7.jar"), threads, cores);
    }

    private static List<Finding> check(Natives natives) throws Exception {
        return new NativesCheck(() -> natives).findings();
    }

    @Test
    void nativeLibrariesAreToldWithTheirVersions() throws Exception {
        assertEquals(List.of(Finding.ok("natives", "ND4J 1.0.0-M2.1 CpuBackend, compiled for AVX2 (the processor has AVX-512, which oneDNN uses by itself)"),
                Finding.ok("natives", "oneDNN 2.5.2 for the fast kernels"), Finding.ok("natives", "OpenBLAS 0.3.19-1.5.7, JavaCPP 1.5.7"),
                Finding.ok("threads", "4 OpenMP threads on 8 cores")), check(natives(Optional.of("2.5.2"), 4, 8)));
    }

    @Test
    void missingLibrariesAndThreadsThatDoNotFitAreTold() throws Exception {
        assertTrue(check(natives(Optional.empty(), 4, 8)).get(1).found().startsWith("oneDNN cannot be loaded"));
        Finding many = check(natives(Optional.empty(), 16, 2)).get(3);
        assertTrue(many.status() == Status.WARN && many.advice().contains("OMP_NUM_THREADS=2"), many::toString);
        assertEquals(Status.WARN, check(natives(Optional.empty(), 1, 8)).get(3).status());
        List<Finding> broken = new NativesCheck(() -> {
            throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu"));
        }).findings();
        assertEquals(1, broken.size());
        assertTrue(broken.get(0).status() == Status.FAIL && broken.get(0).found().contains("no jnind4jcpu"), broken::toString);
    }

    @Test
    void whatThisProcessHasLoadedIsFound() throws Exception {
        Natives here = Natives.ofThisProcess();
        assertEquals("2.5.2", here.oneDnn().orElseThrow());
        assertTrue(here.loaded("libdnnl") && here.loaded("libopenblas"), () -> here.libraries().toString());
        assertEquals(Status.OK, new NativesCheck(() -> here).findings().get(0).status());
    }

    @Test
    void onnxRuntimeIsToldByItsProvidersOrItsAbsence() {
        assertEquals(List.of(Finding.ok("onnx", "ONNX Runtime with CPUExecutionProvider")), new OnnxCheck(() -> List.of("CPUExecutionProvider")).findings());
        Finding absent = new OnnxCheck(() -> {
            NoClassDefFoundError error = new NoClassDefFoundError("ai/onnxruntime/OrtEnvironment");
            error.initCause(new ClassNotFoundException());
            throw error;
        }).findings().get(0);
        assertTrue(absent.status() == Status.WARN && absent.found().startsWith("ONNX Runtime is not installed"), absent::toString);
        Finding broken = new OnnxCheck(() -> {
            throw new UnsatisfiedLinkError("GLIBC_2.28 not found");
        }).findings().get(0);
        assertTrue(broken.status() == Status.WARN && broken.found().contains("GLIBC_2.28"), broken::toString);
    }

    @Test
    void aDistributionWithoutRecordedCasesIsAWarningAndADamagedOneAFailure(@TempDir Path folder) throws Exception {
        Components nothing = new Components() {
            @Override
            public List<Installed> all() {
                return List.of();
            }

            @Override
            public Optional<Installed> find(String kind, String type, List<String> scopes) {
                return Optional.empty();
            }
        };
        assertEquals(Status.WARN, new ParityCheck(folder.resolve("none"), nothing).findings().get(0).status());
        Files.writeString(Files.createDirectory(folder.resolve("cut")).resolve("case.json"), "{");
        Finding damaged = new ParityCheck(folder, nothing).findings().get(0);
        assertTrue(damaged.status() == Status.FAIL && damaged.found().startsWith("cut: case.json is not JSON"), damaged::toString);
    }
}
