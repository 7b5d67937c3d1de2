package dev.selfsup.shell.jobs;

import dev.selfsup.api.run.Progress;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.runs.RunHold;
import dev.selfsup.runtime.runs.RunPid;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code jobs}: what runs in the background of this shell, and in other processes. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=jobs")
@CommandLine.Command(name = "jobs", description = {
    "Lists the jobs of the interactive shell, and the runs of other processes below a folder.",
    "A job is followed by 'attach ID' and ended by 'stop ID', another run by 'stop DIR'."})
public final class JobsCommand implements Command {
    @CommandLine.Parameters(arity = "0..1", paramLabel = "DIR", defaultValue = "work_dirs",
            description = "where runs of other processes are looked for, itself and the folders in it; default ${DEFAULT-VALUE}")
    private Path folder;

    private final Jobs jobs;

    /** Made by the container. */
    @Activate
    public JobsCommand(@Reference Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public int run(Call call) {
        Table of = new Table("id", "state", "position", "loss", "images/s", "ETA", "command");
        jobs.all().forEach((id, job) -> of.add(row(id, job)));
        Table others = new Table("pid", "host", "for", "folder", "config");
        runs().forEach((path, run) -> others.add(Long.toString(run.pid()), run.host(), age(run.started()), path.toString(), run.config()));
        if (of.isEmpty() && others.isEmpty()) {
            call.out().println(jobs.isOpen() ? "no jobs, and no runs of other processes in " + folder
                    : "no runs in " + folder + "; jobs belong to an interactive shell (./selfsup without a command)");
        }
        of.print(call.out(), call.columns());
        if (!of.isEmpty() && !others.isEmpty()) {
            call.out().println();
        }
        others.print(call.out(), call.columns());
        return 0;
    }

    private static String[] row(int id, ShellCall job) {
        Optional<Progress> at = job.progress();
        boolean runs = !job.ended().isDone();
        return new String[] {Integer.toString(id), job.state().name().toLowerCase(Locale.ROOT), at.map(Progress::position).orElse(""),
            at.map(p -> String.format(Locale.ROOT, "%.4g", p.loss())).orElse(""),
            at.map(p -> String.format(Locale.ROOT, "%.0f", p.imagesPerSecond())).orElse(""),
            runs ? at.map(Progress::timeLeft).orElse("") : "", job.described()};
    }

    private Map<Path, RunPid> runs() {
        Map<Path, RunPid> found = new TreeMap<>();
        for (Path candidate : candidates()) {
            RunHold.holder(candidate).filter(run -> !(jobs.isOpen() && run.isOfThisProcess())).ifPresent(run -> found.put(candidate, run));
        }
        return found;
    }

    private List<Path> candidates() {
        List<Path> candidates = new ArrayList<>(List.of(folder));
        if (Files.isDirectory(folder)) {
            try (Stream<Path> below = Files.list(folder)) {
                below.filter(Files::isDirectory).forEach(candidates::add);
            } catch (IOException e) {
                throw new UsageException("cannot look into " + folder + ": " + e);
            }
        }
        return candidates;
    }

    private static String age(Instant since) {
        Duration age = Duration.between(since, Instant.now());
        return age.toHours() > 0 ? age.toHours() + " h " + age.toMinutesPart() + " min" : age.toMinutes() + " min " + age.toSecondsPart() + " s";
    }
}
