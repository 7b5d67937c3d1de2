package dev.selfsup.shell.interactive;

import dev.selfsup.shell.gogo.InstalledCommands;
import dev.selfsup.shell.gogo.Invocation;
import dev.selfsup.shell.gogo.ProcessInterruption;
import dev.selfsup.shell.jobs.Jobs;
import dev.selfsup.shell.jobs.Output;
import dev.selfsup.shell.jobs.ShellCall;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jline.reader.SyntaxError;

/** The loop of an interactive shell: reads a line, runs it, waits for it unless it is a job. */
final class Shell {
    private static final int FAILED = 1;
    private static final Set<String> EXITS = Set.of("exit", "quit");

    private final Lines lines;
    private final Foreground foreground;
    private final InstalledCommands commands;
    private final ProcessInterruption process;
    private final Jobs jobs;
    private final Supplier<GogoLine> gogoLines;
    private final Charset charset;
    private final PrintStream out;
    private final PrintStream err;
    private GogoLine gogo;
    private int status;
    private boolean warned;

    /** What a shell is made of. */
    record Parts(Lines lines, Foreground foreground, InstalledCommands commands, ProcessInterruption process, Jobs jobs, Supplier<GogoLine> gogo,
            Charset charset, PrintStream out, PrintStream err) {}

    Shell(Parts parts) {
        this.lines = parts.lines;
        this.foreground = parts.foreground;
        this.commands = parts.commands;
        this.process = parts.process;
        this.jobs = parts.jobs;
        this.gogoLines = parts.gogo;
        this.charset = parts.charset;
        this.out = parts.out;
        this.err = parts.err;
        this.gogo = gogoLines.get();
    }

    /**
     * Runs lines until there are no more, or one of them is {@code exit}.
     *
     * @return status of the last command
     */
    int run() {
        boolean leaves = false;
        while (!leaves) {
            try {
                leaves = run(lines.next());
            } catch (SyntaxError e) {
                err.println("selfsup: " + e.getMessage());
                status = Invocation.BAD_USAGE;
            } catch (Lines.End e) {
                leaves = lines.interactive() ? leave() : awaitJobs();
            }
        }
        return status;
    }

    /** Runs a line; answers whether it ends the shell. */
    private boolean run(Lines.Line line) {
        List<String> words = line.words();
        if (words.size() > 1 && words.get(0).matches("(\\./)?selfsup")) {
            words = words.subList(1, words.size()); // as on the command line
        }
        if (words.isEmpty()) {
            return false;
        }
        if (EXITS.contains(words.get(0))) {
            return leave();
        }
        warned = false;
        String name = words.get(0).matches("-h|--help") ? "help" : words.get(0);
        if (!commands.names().contains(name)) {
            GogoLine runs = gogo;
            inForeground(line.text(), call -> runs.run(line.text(), call));
        } else if (commands.background(name) && !asksForHelp(words)) {
            inBackground(line.text(), name, words.subList(1, words.size()));
        } else {
            List<String> arguments = words.subList(1, words.size());
            inForeground(line.text(), call -> commands.run(name, arguments, call));
        }
        return false;
    }

    private static boolean asksForHelp(List<String> words) {
        return words.contains("-h") || words.contains("--help");
    }

    private void inForeground(String line, ShellCall.Work work) {
        ShellCall call = foreground.begin(() -> begin(line, true, work));
        if (foreground.await(call.ended())) {
            status = call.ended().join();
            return;
        }
        call.output().leave();
        gogo = gogoLines.get(); // the line before may still use the other
        err.println("job " + jobs.add(call) + ": " + line + " (left to end by itself)");
        status = Invocation.CANCELLED;
    }

    private void inBackground(String line, String name, List<String> arguments) {
        AtomicReference<Path> destination = new AtomicReference<>();
        ShellCall call = foreground.begin(() -> begin(line, false, of -> commands.run(name, arguments, of, command -> command.destination().ifPresent(destination::set))));
        boolean begun = foreground.await(call.begun());
        if (begun && call.ended().isDone()) {
            status = call.ended().join();
            return;
        }
        call.output().leave();
        Optional.ofNullable(destination.get()).ifPresent(call::leadsTo);
        out.println("job " + jobs.add(call) + ": " + call.described());
        status = 0;
    }

    private ShellCall begin(String line, boolean stays, ShellCall.Work work) {
        Output output = new Output(charset);
        output.follow(out, err, 0);
        return new ShellCall(line, output, lines.columns(), process, stays, work);
    }

    /** Leaves; somebody who has jobs is warned first. */
    private boolean leave() {
        long running = jobs.running();
        if (running > 0 && lines.interactive() && !warned) {
            warned = true;
            lines.tell((running == 1 ? "1 job is" : running + " jobs are") + " running ('jobs' lists them): exit again to save checkpoints and leave");
            return false;
        }
        if (running > 0) {
            out.println("jobs save their checkpoints");
            jobs.end();
        }
        return true;
    }

    /** Waits for jobs that nobody sits before; one that fails is told by the status. */
    private boolean awaitJobs() {
        if (!jobs.await() && status == 0) {
            status = FAILED;
        }
        return true;
    }
}
