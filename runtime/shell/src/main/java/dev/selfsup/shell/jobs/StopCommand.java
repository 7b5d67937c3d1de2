package dev.selfsup.shell.jobs;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.runs.StopRequest;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code stop JOB|DIR}: asks a job, or the run in a folder, to save a checkpoint and end. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=stop")
@CommandLine.Command(name = "stop", description = {
    "Asks a run to save a checkpoint and end, and waits until it has.",
    "It is a job of this interactive shell, or a run of any process on any machine that works in the given folder."})
public final class StopCommand implements Command {
    private static final long LOOKED_AFTER_MILLIS = 100;

    @CommandLine.Parameters(paramLabel = "JOB|DIR", description = "number of a job, or folder of a run; ./3 for a folder that is called as a job")
    private String target;

    @CommandLine.Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "600", description = "how long it is waited for; default ${DEFAULT-VALUE}")
    private long timeout;

    private final Jobs jobs;

    /** Made by the container. */
    @Activate
    public StopCommand(@Reference Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public int run(Call call) throws Exception {
        boolean job = target.matches("\\d+") && (jobs.isOpen() || !Files.exists(Path.of(target)));
        return job ? stop(jobs.get(target), call) : stop(Path.of(target), call);
    }

    /** What the job says is told by the shell, as of every job that ends. */
    private int stop(ShellCall job, Call call) throws InterruptedException {
        if (job.ended().isDone()) {
            throw new UsageException("job " + target + " has ended");
        }
        job.interrupt();
        if (!await(() -> job.ended().isDone(), call)) {
            throw new UsageException("job " + target + " has been asked to end, but has not yet: 'attach " + target + "' shows what it does", 1);
        }
        return job.state() == ShellCall.State.FAILED ? 1 : 0;
    }

    private int stop(Path folder, Call call) throws InterruptedException {
        StopRequest request = StopRequest.make(folder);
        String run = request.run().named();
        if (!await(request::ended, call)) {
            throw new UsageException("the run in " + folder + " (" + run + ") has been asked to end, but has not yet; if it hangs, end it with: kill "
                    + request.run().pid() + (request.run().here() ? "" : " on " + request.run().host()), 1);
        }
        Optional<String> words = request.answer();
        if (words.isEmpty() && !request.inPeace()) {
            throw new UsageException("the run in " + folder + " (" + run + ") has ended, but not in peace: see what it printed", 1);
        }
        call.out().println(folder + ": " + words.orElse("the run has ended")); // nothing is said where another call of stop has taken the words
        return 0;
    }

    /** Waits, but not beyond the timeout or Ctrl-C. */
    private boolean await(BooleanSupplier ended, Call call) throws InterruptedException {
        long start = System.nanoTime();
        try (Interruption.Watch watch = call.interruption().watch()) {
            while (!ended.getAsBoolean()) {
                if (watch.requested() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(timeout)) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(LOOKED_AFTER_MILLIS);
            }
        }
        return true;
    }
}
