package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An interactive shell in a pseudo terminal, typed into. */
final class ShellInTerminal implements AutoCloseable {
    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";
    static final String UP = "\u001bOA";

    private static final long SECONDS = 120;
    /** What moves the cursor and colours text. */
    private static final String CONTROL = "\u001b\\[[0-9;?]*[A-Za-z]|\u001b[=>]|\u0007|\r";

    private final Process process;
    private final StringBuilder shown = new StringBuilder();
    private int seen;

    /**
     * Starts a shell and waits for its prompt.
     *
     * @param folder where it runs; its state goes there too
     * @param terminal as TERM names it
     */
    ShellInTerminal(Path folder, String terminal) throws Exception {
        Path script = Path.of(System.getProperty("selfsup.root"), "selfsup");
        ProcessBuilder builder = new ProcessBuilder("script", "-qefc", "stty rows 50 cols 200; exec " + String.join(" ", Selfsup.hearing(List.of(script.toString()))), "/dev/null").directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("TERM", terminal);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", folder.toString());
        builder.environment().put("SELFSUP_DEPLOY", folder.resolve("deploy").toString());
        builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
        process = builder.start();
        Thread reader = new Thread(this::read, "terminal");
        reader.setDaemon(true);
        reader.start();
        try {
            await("selfsup> ");
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private void read() {
        byte[] bytes = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                synchronized (this) {
                    shown.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
                    notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Types. */
    void type(String keys) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write(keys.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Waits until a text is shown, after what was waited for before; gives what was shown up to its end. */
    synchronized String await(String text) throws InterruptedException {
        return awaitMatch(Pattern.quote(text));
    }

    /** The same for a regular expression. */
    synchronized String awaitMatch(String expression) throws InterruptedException {
        Pattern pattern = Pattern.compile(expression);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            String text = text();
            Matcher matcher = pattern.matcher(text);
            if (matcher.find(Math.min(seen, text.length()))) {
                String upTo = text.substring(seen, matcher.end());
                seen = matcher.end();
                return upTo;
            }
            wait(1000);
        }
        throw new AssertionError("not shown: " + expression + " in\n" + text());
    }

    private String text() {
        return shown.toString().replaceAll(CONTROL, "");
    }

    /** All that was shown, control characters too. */
    synchronized String all() {
        return shown.toString();
    }

    /** Waits for something to become true while the shell runs. */
    void until(BooleanSupplier condition) throws InterruptedException {
        while (process.isAlive() && !condition.getAsBoolean()) {
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    /** Sends a signal to the shell itself. */
    void signal(String name) throws IOException, InterruptedException {
        ProcessHandle java = process.descendants().filter(p -> p.info().command().filter(c -> c.endsWith("java")).isPresent()).findFirst().orElseThrow();
        new ProcessBuilder("kill", "-s", name, Long.toString(java.pid())).inheritIO().start().waitFor();
    }

    /** The status of the shell, when it has ended. */
    int ended() throws InterruptedException {
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), this::all);
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
