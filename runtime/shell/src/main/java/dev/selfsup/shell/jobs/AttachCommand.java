package dev.selfsup.shell.jobs;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code attach JOB}: the output of a job, as it comes. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=attach")
@CommandLine.Command(name = "attach", description = {
    "Follows what a job of the interactive shell prints: its newest lines, then all that comes.",
    "Ctrl-C leaves the job, which goes on."})
public final class AttachCommand implements Command {
    private static final long MILLIS = 50;

    @CommandLine.Parameters(paramLabel = "JOB", description = "number of the job, as 'jobs' lists it")
    private String job;

    @CommandLine.Option(names = "--lines", paramLabel = "N", defaultValue = "20", description = "lines shown of what it has printed before; default ${DEFAULT-VALUE}")
    private int lines;

    private final Jobs jobs;

    /** Made by the container. */
    @Activate
    public AttachCommand(@Reference Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public int run(Call call) throws Exception {
        ShellCall followed = jobs.get(job);
        try (Interruption.Watch watch = call.interruption().watch()) {
            followed.output().follow(call.out(), call.err(), lines);
            boolean ended = false;
            while (!ended && !watch.requested()) {
                ended = await(followed);
            }
        } finally {
            followed.output().leave();
        }
        return 0;
    }

    private static boolean await(ShellCall call) throws Exception {
        try {
            call.ended().get(MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
