package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** GPUs, and whether the kernels of ND4J's CUDA backend run on them. */
final class GpuCheck implements Check {
    private static final String SHIPPED = "ND4J 1.0.0-M2.1 ships CUDA 11.6 kernels for compute capability 3.7 to 8.6 only, without PTX";
    private static final double OLDEST = 3.7;
    private static final double COMPILED_FOR = 8.6;
    private static final double NEWEST = 8.9;
    /** The oldest driver that runs programs of CUDA 11. */
    private static final int OLDEST_DRIVER = 450;

    private final NvidiaSmi nvidia;

    GpuCheck(NvidiaSmi nvidia) {
        this.nvidia = nvidia;
    }

    @Override
    public List<Finding> findings() throws IOException, InterruptedException {
        Optional<NvidiaSmi.Answer> answer = nvidia.ask();
        if (answer.isEmpty()) {
            return List.of(Finding.ok("gpu", "none found (there is no nvidia-smi)"));
        }
        if (answer.get().status() != 0 || answer.get().text().isBlank()) {
            return List.of(Finding.warn("gpu", "nvidia-smi fails: " + answer.get().text() + " (status " + answer.get().status() + ")",
                    "if there is a GPU to be used, install or load NVIDIA's driver; in a container, start it with the GPU (docker run --gpus all)"));
        }
        return answer.get().text().lines().map(String::strip).filter(line -> !line.isEmpty()).map(GpuCheck::gpu).toList();
    }

    private static Finding gpu(String line) {
        String[] words = line.split("\\s*,\\s*");
        if (words.length < 4 || !words[2].matches("\\d+\\.\\d+")) {
            return Finding.warn("gpu", "nvidia-smi says '" + line + "', without a compute capability", "update NVIDIA's driver, which tells it since version 510");
        }
        double capability = Double.parseDouble(words[2]);
        String found = words[0] + ", driver " + words[1] + ", compute capability " + words[2] + ", " + words[3];
        if (capability > NEWEST) {
            return Finding.warn("gpu", found + ": ND4J's CUDA backend does not run on it. " + SHIPPED
                    + ", so that H100 (9.0), Blackwell and whatever is above 8.9 do not run",
                    "train on the CPU backend, or on a GPU from 3.7 to 8.9, as A100 or RTX 30 and 40");
        }
        if (capability < OLDEST) {
            return Finding.warn("gpu", found + ": ND4J's CUDA backend does not run on it. " + SHIPPED, "train on the CPU backend, or on a GPU from 3.7 to 8.9");
        }
        if (driver(words[1]) < OLDEST_DRIVER) {
            return Finding.warn("gpu", found + ": the driver is too old for CUDA 11.6", "install a driver of version " + OLDEST_DRIVER + " or newer");
        }
        return Finding.ok("gpu", found + (capability > COMPILED_FOR ? ": runs the code for 8.6. " + SHIPPED : ": ND4J's CUDA backend runs on it"));
    }

    private static int driver(String version) {
        String major = version.split("\\.")[0];
        return major.matches("\\d{1,6}") ? Integer.parseInt(major) : Integer.MAX_VALUE;
    }
}
