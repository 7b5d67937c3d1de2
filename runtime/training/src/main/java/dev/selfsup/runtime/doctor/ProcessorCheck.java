package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The processor: the native libraries are compiled for AVX2, and a processor without it ends the process when they are used.
 *
 * @param cpuinfo the text of {@code /proc/cpuinfo}; empty where there is none
 */
record ProcessorCheck(String cpuinfo) implements Check {
    private static final List<String> NEEDED = List.of("avx2", "fma");
    private static final List<String> USED = List.of("avx512f", "avx512_vnni", "avx512_bf16", "amx_tile");

    static ProcessorCheck ofThisMachine() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        return new ProcessorCheck(Files.isReadable(file) ? Files.readString(file) : "");
    }

    @Override
    public List<Finding> findings() {
        Set<String> flags = new HashSet<>(List.of(line("flags").orElse("").split(" ")));
        String model = line("model name").orElse("a processor without a name");
        if (flags.size() < 2) {
            return List.of(Finding.warn("processor", "/proc/cpuinfo does not tell its features",
                    "make sure that it has AVX2, without which the native libraries crash"));
        }
        List<String> missing = NEEDED.stream().filter(feature -> !flags.contains(feature)).toList();
        if (!missing.isEmpty()) {
            return List.of(Finding.fail("processor", model + ", without " + String.join(" and ", missing),
                    "the native libraries need a processor with AVX2 and FMA (Intel since 2013, AMD since 2015); in a virtual machine pass the host's features on"));
        }
        List<String> more = USED.stream().filter(flags::contains).toList();
        return List.of(Finding.ok("processor", model + ": avx2, fma" + (more.isEmpty() ? "" : ", and " + String.join(", ", more))));
    }

    private Optional<String> line(String key) {
        return cpuinfo.lines().filter(line -> line.matches(key + "\\s*:.*")).findFirst().map(line -> line.substring(line.indexOf(':') + 1).strip());
    }
}
