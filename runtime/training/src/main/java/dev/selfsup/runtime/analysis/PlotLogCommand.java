package dev.selfsup.runtime.analysis;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.LinePlot;
import dev.selfsup.weights.NewFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code plot-log LOG... --out PNG}: how figures of runs went. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=plot-log")
@CommandLine.Command(name = "plot-log", description = {
    "Draws how figures of runs went, one below the other, a curve for each run: loss and learning rate, or others of the log.",
    "Of many points the moving average is drawn over pale single ones."})
public final class PlotLogCommand implements Command {
    private static final int MANY = 200;
    private static final int PARTS = 40;

    @CommandLine.Parameters(arity = "1..*", paramLabel = "LOG", description = "folders of runs, or log files in them")
    private List<Path> logs;

    @CommandLine.Option(names = "--out", paramLabel = "PNG", required = true, description = "the PNG file to write")
    private Path out;

    @CommandLine.Option(names = "--keys", split = ",", paramLabel = "KEY", defaultValue = "loss,lr", description = "figures to draw, as loss,lr,knn; default ${DEFAULT-VALUE}")
    private List<String> keys;

    @CommandLine.Option(names = "--legend", split = ",", paramLabel = "NAME", description = "names of the runs; default those of their folders")
    private List<String> legend = List.of();

    @CommandLine.Option(names = "--title", paramLabel = "TEXT", description = "what stands above; default the figure's name")
    private String title;

    @CommandLine.Option(names = "--force", description = "replace the file if it is there")
    private boolean force;

    @Override
    public int run(Call call) {
        NewFile.check(out, force);
        if (!legend.isEmpty() && legend.size() != logs.size()) {
            throw new UsageException("--legend has " + legend.size() + " names for " + logs.size() + " runs: give one for each");
        }
        List<RunRecord> runs = logs.stream().map(RunRecord::read).toList();
        List<LinePlot> plots = keys.stream().map(key -> plot(key, runs)).toList();
        NewFile.tried(out, force, png -> LinePlot.write(png, plots));
        call.out().println("wrote " + out + ": " + String.join(", ", keys) + " of " + runs.size() + (runs.size() == 1 ? " run" : " runs"));
        return 0;
    }

    private LinePlot plot(String key, List<RunRecord> runs) {
        List<RunRecord.Course> courses = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            RunRecord.Course course = runs.get(i).course(key);
            if (course.x().length == 0) {
                Set<String> known = new TreeSet<>(runs.get(i).figures());
                throw new UsageException("--keys: " + logs.get(i) + " has no figure '" + key + "'; it has " + String.join(", ", known));
            }
            courses.add(course);
        }
        LinePlot plot = new LinePlot(title == null ? key : title, "iteration", key);
        for (int i = 0; i < runs.size(); i++) {
            RunRecord.Course course = courses.get(i);
            String name = legend.isEmpty() ? runs.get(i).name() : legend.get(i);
            if (course.x().length > MANY) {
                plot.smoothed(name, course.x(), course.y(), course.x().length / PARTS);
            } else {
                plot.line(name, course.x(), course.y());
            }
        }
        return plot;
    }
}
