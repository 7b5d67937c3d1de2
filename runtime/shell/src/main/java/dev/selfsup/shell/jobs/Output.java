package dev.selfsup.shell.jobs;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * What a call prints. The newest {@value #KEPT} lines are kept, and the line that is being drawn; whoever follows gets everything as it comes. What a terminal would
 * erase, as a progress line that is drawn again, is not kept.
 */
public final class Output {
    static final int KEPT = 1000;
    /** Bytes kept of a line. */
    private static final int LONGEST = 10_000;
    private static final int ESCAPE = 0x1b;

    private final Charset charset;
    private final PrintStream out;
    private final PrintStream err;
    private final Deque<String> lines = new ArrayDeque<>();
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private boolean inEscape;
    private PrintStream outFollower;
    private PrintStream errFollower;
    private boolean cut;

    /**
     * @param charset encoding of the terminal
     */
    public Output(Charset charset) {
        this.charset = charset;
        this.out = new PrintStream(new Tee(false), true, charset);
        this.err = new PrintStream(new Tee(true), true, charset);
    }

    /** One of the two streams of a call. */
    private final class Tee extends OutputStream {
        private final boolean error;

        Tee(boolean error) {
            this.error = error;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            print(bytes, offset, length, error);
        }
    }

    /** Where the call prints results. */
    PrintStream out() {
        return out;
    }

    /** Where the call prints messages. */
    PrintStream err() {
        return err;
    }

    private synchronized void print(byte[] bytes, int offset, int length, boolean error) {
        if (cut) {
            throw new CancellationException("nobody wants to read any more");
        }
        for (int i = offset; i < offset + length; i++) {
            keep(bytes[i]);
        }
        PrintStream follower = error ? errFollower : outFollower;
        if (follower != null) {
            try {
                follower.write(bytes, offset, length);
                follower.flush();
            } catch (CancellationException e) {
                outFollower = null; // whoever followed is cut off; this call goes on
                errFollower = null;
            }
        }
    }

    private void keep(byte b) {
        if (inEscape) {
            inEscape = b < 'A' || b > 'z' || b == '[';
        } else if (b == ESCAPE) {
            inEscape = true;
        } else if (b == '\r') {
            drawn.reset();
        } else if (b == '\n') {
            lines.addLast(drawn.toString(charset));
            drawn.reset();
            if (lines.size() > KEPT) {
                lines.removeFirst();
            }
        } else if (drawn.size() < LONGEST) {
            drawn.write(b);
        }
    }

    /**
     * From here on, what is printed is printed there too.
     *
     * @param results where what goes to {@code out} is printed
     * @param messages where what goes to {@code err} is printed
     * @param newest lines that have been printed before and are shown first, with the one that is being drawn
     */
    public synchronized void follow(PrintStream results, PrintStream messages, int newest) {
        newest(newest).forEach(results::println);
        results.print(drawn.toString(charset));
        results.flush();
        outFollower = results;
        errFollower = messages;
    }

    /** Nobody follows any more; a line that was being drawn is ended. */
    public synchronized void leave() {
        if (outFollower != null && drawn.size() > 0) {
            outFollower.println();
        }
        outFollower = null;
        errFollower = null;
    }

    /** The next attempt of the call to print ends it. */
    synchronized void cut() {
        cut = true;
    }

    /** Lines printed, the newest ones. */
    synchronized List<String> newest(int count) {
        return lines.stream().skip(Math.max(0, lines.size() - count)).toList();
    }

    /** The newest line that is not blank; empty if there is none. */
    synchronized String lastLine() {
        String last = drawn.toString(charset);
        for (var newest = lines.descendingIterator(); last.isBlank() && newest.hasNext(); ) {
            last = newest.next();
        }
        return last.strip();
    }
}
