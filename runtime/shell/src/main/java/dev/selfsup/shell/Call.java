package dev.selfsup.shell;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.Progress;
import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * One call of a {@link Command}: where it prints, and how it learns that it shall end. A command called from the command line, one in the foreground of a
 * shell and a job in its background differ in nothing else.
 *
 * @param out where results go
 * @param err where warnings and messages go
 * @param columns width of the terminal that {@code out} is; 0 where it is none, or one without control characters
 * @param interruption the wish that the call ends
 * @param progress is told how far the call is, as often as it likes
 */
public record Call(PrintStream out, PrintStream err, int columns, Interruption interruption, Consumer<Progress> progress) {
    /** Whether {@code out} is a terminal, on which a line can be drawn again. */
    public boolean terminal() {
        return columns > 0;
    }
}
