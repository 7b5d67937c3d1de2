package dev.selfsup.runtime.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code train-time LOG...}: how long the iterations of runs took. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=train-time")
@CommandLine.Command(name = "train-time", description = {
    "Tells how long the iterations of runs took, by their logs: in the slowest and the fastest epoch, and on the whole.",
    "The first line of an epoch is left out, as it holds what begins slowly, unless it is the only one."})
public final class TrainTimeCommand implements Command {
    @CommandLine.Parameters(arity = "1..*", paramLabel = "LOG", description = "folders of runs, or log files in them")
    private List<Path> logs;

    @CommandLine.Option(names = "--include-outliers", description = "count the first line of every epoch too")
    private boolean outliers;

    /** Means of an epoch, in seconds. */
    private record Epoch(int number, double mean) {}

    @Override
    public int run(Call call) {
        for (Path log : logs) {
            print(call, log, RunRecord.read(log));
        }
        return 0;
    }

    private void print(Call call, Path log, RunRecord run) {
        Map<Integer, List<JsonNode>> byEpoch = new TreeMap<>();
        run.training().stream().filter(line -> line.has("time")).forEach(line -> byEpoch.computeIfAbsent(line.path("epoch").asInt(), epoch -> new ArrayList<>()).add(line));
        if (byEpoch.isEmpty()) {
            throw new UsageException(log + " has no line of training with a time: lower default_hooks.logger.interval, so that one is written before the run ends");
        }
        byEpoch.replaceAll((epoch, lines) -> outliers || lines.size() == 1 ? lines : lines.subList(1, lines.size()));
        List<Epoch> epochs = byEpoch.entrySet().stream().map(epoch -> new Epoch(epoch.getKey() + 1, times(epoch.getValue(), "time").getAverage())).toList();
        Epoch slowest = epochs.stream().max(Comparator.comparingDouble(Epoch::mean)).orElseThrow();
        Epoch fastest = epochs.stream().min(Comparator.comparingDouble(Epoch::mean)).orElseThrow();
        double mean = epochs.stream().mapToDouble(Epoch::mean).average().orElseThrow();
        double deviation = Math.sqrt(epochs.stream().mapToDouble(epoch -> (epoch.mean() - mean) * (epoch.mean() - mean)).average().orElseThrow());
        List<JsonNode> all = byEpoch.values().stream().flatMap(List::stream).toList();
        double time = times(all, "time").getAverage();
        call.out().println(log);
        line(call, "slowest epoch %d: %.4f s an iteration", slowest.number(), slowest.mean());
        line(call, "fastest epoch %d: %.4f s an iteration", fastest.number(), fastest.mean());
        line(call, "standard deviation over %d epochs: %.4f s", epochs.size(), deviation);
        line(call, "waiting for data: %.1f %% of the time", 100 * times(all, "data_time").getAverage() / time);
        line(call, "mean: %.4f s an iteration", time);
    }

    private static void line(Call call, String format, Object... values) {
        call.out().println(String.format(Locale.ROOT, format, values));
    }

    private static DoubleSummaryStatistics times(List<JsonNode> lines, String key) {
        return lines.stream().filter(line -> line.has(key)).mapToDouble(line -> RunRecord.number(line.get(key))).summaryStatistics();
    }
}
