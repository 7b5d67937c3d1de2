package dev.selfsup.shell.interactive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Lines from a pipe or a file: no prompt, no control characters. */
final class PipedLines implements Lines {
    private final BufferedReader in;
    private final PrintStream out;

    PipedLines(InputStream in, Charset charset, PrintStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, charset));
        this.out = out;
    }

    @Override
    public Line next() throws End {
        try {
            String text = in.readLine();
            if (text == null) {
                throw new End();
            }
            return Words.split(text);
        } catch (IOException e) {
            throw new End();
        }
    }

    @Override
    public void tell(String news) {
        out.println(news);
    }

    @Override
    public boolean interactive() {
        return false;
    }

    @Override
    public int columns() {
        return 0;
    }

    @Override
    public void close() {
        // standard input belongs to the process
    }
}
