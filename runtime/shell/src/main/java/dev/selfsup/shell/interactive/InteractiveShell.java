package dev.selfsup.shell.interactive;

import dev.selfsup.shell.gogo.InstalledCommands;
import dev.selfsup.shell.gogo.ProcessInterruption;
import dev.selfsup.shell.jobs.Jobs;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.function.IntSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The interactive shell of this process. The launcher finds it by the service property {@code selfsup.launcher=shell}: as a supplier it runs to its end and gives the
 * status of the process; as a runnable, when a signal ends the process, it waits until jobs have saved their checkpoints.
 */
@Component(service = {IntSupplier.class, Runnable.class}, property = "selfsup.launcher=shell")
public final class InteractiveShell implements IntSupplier, Runnable {
    private static final String BANNER = "SelfSup. 'help' lists the commands, Tab completes, 'train' runs in the background; 'exit' or Ctrl-D leaves.";

    private final BundleContext bundles;
    private final InstalledCommands commands;
    private final ProcessInterruption process;
    private final Jobs jobs;
    private final CommandProcessor gogo;
    private volatile Lines lines;

    /** Made by the container. */
    @Activate
    public InteractiveShell(BundleContext bundles, @Reference InstalledCommands commands, @Reference ProcessInterruption process, @Reference Jobs jobs,
            @Reference CommandProcessor gogo) {
        this.bundles = bundles;
        this.commands = commands;
        this.process = process;
        this.jobs = jobs;
        this.gogo = gogo;
    }

    @Override
    public int getAsInt() {
        Charset charset = Charset.forName(System.getProperty("native.encoding", Charset.defaultCharset().name()));
        Foreground foreground = new Foreground();
        // Not System.out: while a thread runs a line of Gogo's, that is where the line prints to.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, charset);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset);
        lines = lines(charset, foreground, out, err);
        jobs.open(lines::tell);
        int status = new Shell(new Shell.Parts(lines, foreground, commands, process, jobs, () -> new GogoLine(gogo, commands), charset, out, err)).run();
        lines.close();
        return status;
    }

    private Lines lines(Charset charset, Foreground foreground, PrintStream out, PrintStream err) {
        if (!Boolean.getBoolean("selfsup.terminal")) {
            return new PipedLines(System.in, charset, out);
        }
        out.println(BANNER);
        return new TerminalLines(charset, HistoryFile.open(System.getenv(), err::println), new ShellCompleter(bundles, commands, jobs),
                foreground::interrupted);
    }

    @Override
    public void run() {
        jobs.end();
    }

    @Deactivate
    void stop() {
        if (lines != null) {
            lines.close();
        }
    }
}
