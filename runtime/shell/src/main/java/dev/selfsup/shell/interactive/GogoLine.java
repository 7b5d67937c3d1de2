package dev.selfsup.shell.interactive;

import dev.selfsup.shell.Call;
import dev.selfsup.shell.gogo.InstalledCommands;
import dev.selfsup.shell.gogo.Invocation;
import dev.selfsup.shell.gogo.Similar;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CancellationException;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** A line in Gogo's language, as {@code lb} or {@code selfsup:list backbone}; variables keep their values from line to line. */
final class GogoLine {
    private static final int FAILED = 1;

    private final InstalledCommands commands;
    private final Redirected out = new Redirected();
    private final CommandSession session;

    /** To wherever the line that runs prints. */
    private static final class Redirected extends OutputStream {
        private volatile PrintStream to;

        @Override
        public void write(int b) {
            to.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            to.write(bytes, offset, length);
        }
    }

    GogoLine(CommandProcessor gogo, InstalledCommands commands) {
        this.commands = commands;
        this.session = gogo.createSession(InputStream.nullInputStream(), out, out);
        session.put("SCOPE", InstalledCommands.SCOPE + ":*"); // other bundles have an info and a list as well
    }

    /**
     * Runs a line.
     *
     * @return status of the command of ours in it; without one, 0 unless it fails
     */
    int run(String line, Call call) {
        out.to = call.out();
        session.put(InstalledCommands.CALL, call);
        session.put(InstalledCommands.STATUS, 0);
        try {
            Object result = session.execute(line);
            if (result != null) {
                call.out().println(session.format(result, Converter.INSPECT));
            }
            session.getConsole().flush();
            return (Integer) session.get(InstalledCommands.STATUS);
        } catch (CommandNotFoundException e) {
            call.err().println("no command '" + e.getCommand() + "'." + Similar.didYouMean(e.getCommand(), commands.names()) + " 'help' lists the commands");
            return Invocation.BAD_USAGE;
        } catch (CancellationException e) {
            throw e;
        } catch (Exception e) {
            call.err().println("selfsup: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return FAILED;
        }
    }
}
