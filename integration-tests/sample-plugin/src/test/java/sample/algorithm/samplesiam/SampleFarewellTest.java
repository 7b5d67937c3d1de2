package sample.algorithm.samplesiam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of three iterations; whoever is told to wait for the gate opens it. */
class SampleFarewellTest {
    private static final String WORDS = "farewell from a bundle that may be gone";

    @TempDir
    Path folder;

    private final List<String> printed = new ArrayList<>();
    private int iteration;

    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            method.getName().equals("iteration") ? (Object) iteration : print((String) arguments[0]));

    @Test
    void theWordsComeAfterTheIterationAndAtTheEnd() {
        train(Optional.empty());
        assertEquals(List.of("iteration 2: " + WORDS, "end: " + WORDS), printed);
    }

    @Test
    void theRunWaitsForItsGateAfterTheFirstIteration() {
        Path gate = folder.resolve("gate");
        train(Optional.of(gate.toString()));
        assertEquals(List.of("waits for " + gate, "iteration 2: " + WORDS, "end: " + WORDS), printed);
    }

    private void train(Optional<String> gate) {
        Hook hook = new SampleFarewell.Factory().create(new SampleFarewell.Config(2, gate));
        for (iteration = 1; iteration <= 3; iteration++) {
            hook.afterTrainIter(run);
        }
        hook.afterTrain(run);
    }

    private Object print(String line) {
        printed.add(line);
        if (line.startsWith("waits for ")) {
            try {
                Files.createFile(Path.of(line.substring("waits for ".length())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return null;
    }
}
