package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The program that knows NVIDIA's GPUs. */
interface NvidiaSmi {
    /** What is asked of every GPU. */
    List<String> QUERY = List.of("nvidia-smi", "--query-gpu=name,driver_version,compute_cap,memory.total", "--format=csv,noheader");
    long SECONDS = 20;

    /**
     * What it said.
     *
     * @param status its exit status
     * @param text what it printed, a line for each GPU: name, driver, compute capability, memory
     */
    record Answer(int status, String text) {}

    /** Asks it; empty where there is no such program. */
    Optional<Answer> ask() throws IOException, InterruptedException;

    /** That of this machine. */
    static NvidiaSmi ofThisMachine() {
        return () -> {
            Process process;
            try {
                process = new ProcessBuilder(QUERY).redirectErrorStream(true).start();
            } catch (IOException e) {
                return Optional.empty(); // there is no such program
            }
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of(new Answer(124, "nvidia-smi gives no answer within " + SECONDS + " s"));
            }
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(new Answer(process.exitValue(), text.strip()));
        };
    }
}
