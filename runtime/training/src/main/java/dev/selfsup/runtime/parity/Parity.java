package dev.selfsup.runtime.parity;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Updates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Replays all recorded cases below some folders: every folder with a {@code case.json} is one, every entry of a
 * {@code cases.json} is one of a transform, every {@code *_io.npz} one of a frozen network.
 */
public final class Parity {
    private final Components components;
    private final InstalledTypes types;
    private final Kernels kernels;
    private final Updates updates;
    private final Map<Outcome.Status, Integer> counts = new EnumMap<>(Outcome.Status.class);

    /**
     * @param components what can be replayed
     * @param kernels fast kernels to use
     * @param updates passes over weights to use
     */
    public Parity(Components components, Kernels kernels, Updates updates) {
        this.components = components;
        this.types = new InstalledTypes(components);
        this.kernels = kernels;
        this.updates = updates;
    }

    /**
     * Replays, and prints a line a case and a closing one.
     *
     * @param folders where to look
     * @param out where to print
     * @return whether no case failed
     * @throws UsageException if a folder is missing or has no cases
     */
    public boolean run(List<Path> folders, PrintStream out) {
        for (Path root : folders) {
            List<Path> cases = cases(root);
            if (cases.isEmpty()) {
                throw new UsageException("there are no recorded cases (case.json or cases.json) below " + root
                        + "; give a folder of fixtures, as integration-tests/fixtures");
            }
            cases.forEach(file -> replay(root, file, out));
        }
        out.printf("parity: %d passed, %d failed, %d skipped%n", count(Outcome.Status.PASS), count(Outcome.Status.FAIL), count(Outcome.Status.SKIP));
        return count(Outcome.Status.FAIL) == 0;
    }

    private int count(Outcome.Status status) {
        return counts.getOrDefault(status, 0);
    }

    private static List<Path> cases(Path root) {
        if (!Files.isDirectory(root)) {
            throw new UsageException(root + " is no folder; give a folder of recorded cases");
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.endsWith("case.json") || f.endsWith("cases.json") || NetworkSamples.is(f)).sorted().toList();
        } catch (IOException e) {
            throw new UsageException("cannot read " + root + ": " + e.getMessage());
        }
    }

    private void replay(Path root, Path file, PrintStream out) {
        Path folder = file.getParent();
        String relative = root.relativize(folder).toString();
        String name = relative.isEmpty() ? folder.toAbsolutePath().normalize().getFileName().toString() : relative;
        if (file.endsWith("case.json")) {
            print(name, replay(folder), out);
            return;
        }
        if (NetworkSamples.is(file)) {
            print(name + "/" + file.getFileName(), new NetworkSamples(types).outcome(file), out);
            return;
        }
        try {
            new TransformCases(folder, components).outcomes().forEach((id, outcome) -> print(name + "/" + id, outcome, out));
        } catch (BrokenCaseException | UsageException e) {
            print(name, Outcome.failed(e.getMessage(), 0), out);
        }
    }

    private void print(String name, Outcome outcome, PrintStream out) {
        counts.merge(outcome.status(), 1, Integer::sum);
        String detail = outcome.status() == Outcome.Status.SKIP ? outcome.detail()
                : (outcome.detail().isEmpty() ? "" : outcome.detail() + "  ") + outcome.values() + " values";
        out.printf("%s %s  %s%n", outcome.status(), name, detail);
        out.flush();
    }

    /**
     * Replays one case.
     *
     * @param folder a folder with a {@code case.json}
     * @return what became of it
     */
    public Outcome replay(Path folder) {
        try {
            CaseFolder opened = CaseFolder.read(folder);
            Optional<Replay> replay = replay(opened);
            if (replay.isEmpty()) {
                return Outcome.skipped("no replay for cases like " + opened.json().path("name").asText());
            }
            Recording recording = opened.recording();
            Optional<String> obstacle = replay.get().obstacle(recording);
            return obstacle.isPresent() ? Outcome.skipped(obstacle.get()) : compare(opened, replay.get(), recording);
        } catch (RuntimeException e) {
            return Outcome.failed(e.getMessage() == null ? e.toString() : e.getMessage(), 0);
        }
    }

    private static Outcome compare(CaseFolder opened, Replay replay, Recording recording) {
        Map<String, Tensor> got = replay.replay(recording);
        Outcome outcome = Expectation.compare(opened, got);
        return outcome.status() == Outcome.Status.FAIL && replay instanceof Replay.Differentiating differentiating
                ? new Roundings(opened, differentiating, recording, got).judge(outcome) : outcome;
    }

    /** How a case is replayed, by what it holds. */
    private Optional<Replay> replay(CaseFolder opened) {
        String kind = opened.json().path("kind").asText();
        if (kind.equals("algorithm_step")) {
            return Optional.of(new AlgorithmReplay(types, kernels, updates));
        }
        if (kind.equals("component")) {
            return Optional.of(new ComponentReplay(types, kernels));
        }
        List<Map.Entry<Predicate<CaseFolder>, Replay>> kinds = new ArrayList<>();
        kinds.add(Map.entry(c -> c.json().has("curves"), new DataReplays.Rates(types)));
        kinds.add(Map.entry(c -> c.json().has("results_top1_top5_percent"), new DataReplays.Neighbours()));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("util_sincos_"), new DataReplays.Positions()));
        kinds.add(Map.entry(c -> c.json().path("name").asText().matches("util_(cosine_)?ema.*"), new AverageReplay(updates)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("util_alias"), new MemoryReplays.Aliases()));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("memory_simple"), new MemoryReplays.Instances(types, kernels)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("memory_odc"), new MemoryReplays.Clusters(types, kernels)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("clustering_pic"), new ClusteringReplays.PowerIterations()));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("hook_reweight"), new ClusteringReplays.Weights()));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("util_sinkhorn_"), new AssignmentReplay(kernels)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().matches("ft_batch_.*"), new MixingReplay(types)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("target_"), new TargetReplay(types, kernels)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("preprocess_"), new DataReplays.Preprocessed(types)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("optim_groups_"), new GroupsReplay(types)));
        kinds.add(Map.entry(c -> c.json().has("stats") && MaskStatistics.draws(c.json()), new MaskStatistics.Drawn(types)));
        kinds.add(Map.entry(c -> c.json().path("name").asText().startsWith("optim_") && !c.json().has("param_groups"),
                new OptimizerReplay(types, updates)));
        return kinds.stream().filter(entry -> entry.getKey().test(opened)).map(Map.Entry::getValue).findFirst();
    }
}
