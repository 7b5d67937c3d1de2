package dev.selfsup.sample;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code probe WHAT ...}: ends in every way in which a command can end. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=probe")
@CommandLine.Command(name = "probe", description = "Ends as it is told.")
public final class ProbeCommand implements Command {
    enum What { ECHO, FAIL, MISTAKE, FULL, BREAK, HANG, SAVE, STUBBORN, LATE }

    @CommandLine.Parameters(index = "0", paramLabel = "WHAT", description = "one of ${COMPLETION-CANDIDATES}")
    private What what;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "words to print")
    private List<String> words = List.of();

    @Override
    public int run(Call call) throws Exception {
        switch (what) {
            case ECHO -> words.forEach(call.out()::println);
            case MISTAKE -> throw new UsageException("config.yaml:3: key: no such key");
            case FULL -> throw new UsageException("disk full", 1);
            case BREAK -> throw new IllegalStateException("broken");
            case HANG -> started(call.out()).await();
            case SAVE -> save(call);
            case STUBBORN -> stubborn(call);
            case LATE -> late(call.out(), Path.of(words.get(0)));
            default -> { }
        }
        return what == What.FAIL ? 1 : 0;
    }

    private void save(Call call) {
        try (Interruption.Watch watch = call.interruption().watch()) {
            started(call.out());
            while (!watch.requested()) {
                Thread.onSpinWait();
            }
            call.out().println("saved");
        }
    }

    /** Waits for a file; only then it touches another class and a resource of its bundle. */
    private static void late(PrintStream out, Path gate) throws IOException {
        started(out);
        while (Files.notExists(gate)) {
            Thread.onSpinWait();
        }
        out.println(LateWords.text());
    }

    private void stubborn(Call call) throws InterruptedException {
        try (Interruption.Watch watch = call.interruption().watch()) {
            CountDownLatch never = started(call.out());
            while (!watch.requested()) {
                Thread.onSpinWait();
            }
            call.out().println("asked");
            call.out().flush();
            never.await();
        }
    }

    private static CountDownLatch started(PrintStream out) {
        out.println("started");
        out.flush();
        return new CountDownLatch(1);
    }
}
