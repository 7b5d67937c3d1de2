package dev.selfsup.shell.interactive;

import java.io.IOError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Lines typed at a terminal, with editing, history and completion. Ctrl-C clears the line, Ctrl-D ends. */
final class TerminalLines implements Lines {
    private static final String PROMPT = "selfsup> ";

    private final Terminal terminal;
    private final LineReader reader;
    private final Queue<String> news = new ConcurrentLinkedQueue<>();

    /**
     * @param charset encoding of the terminal
     * @param history file that remembers lines; empty for none
     * @param completer proposes what comes next
     * @param interrupted is told of Ctrl-C while no line is read
     */
    TerminalLines(Charset charset, Optional<Path> history, Completer completer, Runnable interrupted) {
        terminal = terminal(charset);
        terminal.handle(Terminal.Signal.INT, signal -> interrupted.run());
        LineReaderBuilder builder = LineReaderBuilder.builder().terminal(terminal).appName("selfsup").parser(Words.parser()).completer(completer)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.AUTO_MENU_LIST, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "> ");
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        reader = builder.build();
    }

    /** JLine finds its ways to a terminal by the class loader of the thread. */
    private static Terminal terminal(Charset charset) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(TerminalBuilder.class.getClassLoader());
        try {
            return TerminalBuilder.builder().system(true).encoding(charset).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public Line next() throws End {
        tellNews();
        try {
            return Words.split(reader.readLine(PROMPT));
        } catch (UserInterruptException e) {
            return Words.split("");
        } catch (EndOfFileException | IOError e) { // the latter where the terminal is gone
            throw new End();
        }
    }

    private void tellNews() {
        for (String told = news.poll(); told != null; told = news.poll()) {
            terminal.writer().println(told);
        }
        terminal.flush();
    }

    @Override
    public void tell(String told) {
        if (reader.isReading()) {
            reader.printAbove(told);
        } else {
            news.add(told);
        }
    }

    @Override
    public boolean interactive() {
        return true;
    }

    @Override
    public int columns() {
        return terminal.getType().startsWith(Terminal.TYPE_DUMB) ? 0 : terminal.getWidth();
    }

    @Override
    public void close() {
        tellNews();
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
