package dev.selfsup.runtime.doctor;

import dev.selfsup.api.component.Components;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.runtime.parity.Outcome;
import dev.selfsup.runtime.parity.Parity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The numbers: replays the recorded cases that come with the distribution.
 *
 * @param folder a folder with a folder for each case
 * @param components what can be replayed
 */
record ParityCheck(Path folder, Components components) implements Check {
    @Override
    public List<Finding> findings() throws IOException {
        List<Path> cases = cases();
        if (cases.isEmpty()) {
            return List.of(Finding.warn("parity", "there is no recorded case in " + folder + ": whether the numbers are right was not checked",
                    "unpack the distribution anew, or run 'selfsup parity DIR' with a folder of cases"));
        }
        List<Finding> findings = new ArrayList<>();
        for (Path recorded : cases) {
            findings.add(finding(recorded.getFileName().toString(), new Parity(components, Kernels.fastest(), new PlainUpdates()).replay(recorded)));
        }
        return findings;
    }

    private List<Path> cases() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(recorded -> Files.isRegularFile(recorded.resolve("case.json"))).sorted().toList();
        }
    }

    private static Finding finding(String name, Outcome outcome) {
        return switch (outcome.status()) {
            case PASS -> Finding.ok("parity", outcome.values() + " values of " + name + " are those of the reference, gradients included");
            case FAIL -> Finding.fail("parity", name + ": " + outcome.detail(), "this machine computes wrong numbers: run 'selfsup parity DIR' on all "
                    + "cases, and again with --kernels plain; report both");
            case SKIP -> Finding.warn("parity", name + " cannot be replayed: " + outcome.detail(), "build anew with mvn package, or unpack the distribution anew");
        };
    }
}
