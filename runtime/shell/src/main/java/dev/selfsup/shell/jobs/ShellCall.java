package dev.selfsup.shell.jobs;

import dev.selfsup.api.run.Progress;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.gogo.CallInterruption;
import dev.selfsup.shell.gogo.Invocation;
import dev.selfsup.shell.gogo.ProcessInterruption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** A call in a shell, with a thread, an output and an interruption of its own, so that nothing that happens to another call reaches it. */
public final class ShellCall {
    /** As large as that of the main thread, in which the command line runs commands. */
    private static final long STACK_BYTES = 8L << 20;

    /** What a call does. */
    public interface Work {
        /**
         * Does it.
         *
         * @return exit status
         */
        int run(Call call);
    }

    /** How a call is doing. */
    public enum State { RUNNING, STOPPING, DONE, STOPPED, FAILED }

    private final String line;
    private final Output output;
    private final CallInterruption interruption;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final Thread thread;
    private Runnable news = () -> { };
    private OptionalInt status = OptionalInt.empty();
    private volatile Progress progress;
    private volatile Optional<Path> destination = Optional.empty();
    private volatile boolean cut;

    /**
     * Begins a call.
     *
     * @param line what was typed, for lists
     * @param output where it prints
     * @param columns width of the terminal that it prints to; 0 where it is none
     * @param process of which the call is a part
     * @param foreground whether whoever follows the output now still does once the call is under way
     * @param work what it does
     */
    public ShellCall(String line, Output output, int columns, ProcessInterruption process, boolean foreground, Work work) {
        this.line = line;
        this.output = output;
        this.interruption = process.begin(foreground ? () -> begun.complete(null) : this::goOnAlone);
        Call call = new Call(output.out(), output.err(), columns, interruption, at -> progress = at);
        this.thread = new Thread(null, () -> run(work, call), "call " + line, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    private void goOnAlone() {
        if (!begun.isDone()) {
            output.leave();
            begun.complete(null);
        }
    }

    private void run(Work work, Call call) {
        int status = Invocation.CANCELLED;
        try {
            status = work.run(call);
        } catch (CancellationException e) {
            status = Invocation.CANCELLED;
        } finally {
            interruption.close();
            end(status);
        }
    }

    private void end(int with) {
        Runnable told;
        synchronized (this) {
            status = OptionalInt.of(with);
            told = news;
        }
        told.run();
        ended.complete(with);
        begun.complete(null);
    }

    /** Says what is done when the call has ended, before anybody who waits for it goes on; at once if it has. */
    synchronized void tell(Runnable what) {
        news = what;
        if (status.isPresent()) {
            what.run();
        }
    }

    /** Asks the call to end: it finishes what must not be cut off; if there is nothing, it is cut off at its next wait or line. */
    public void interrupt() {
        if (!interruption.request() && !ended.isDone()) {
            cut = true;
            output.cut();
            thread.interrupt();
        }
    }

    /** Whether it was cut off, so that nobody can say when it ends. */
    boolean isCut() {
        return cut;
    }

    /** Done when the call is under way: its arguments are right, and it has begun what an interruption lets it finish; or it has ended. */
    public CompletableFuture<Void> begun() {
        return begun.copy();
    }

    /** Done when the call has ended, with its status. */
    public CompletableFuture<Integer> ended() {
        return ended.copy();
    }

    /** How it is doing. */
    public synchronized State state() {
        if (status.isEmpty()) {
            return interruption.requested() ? State.STOPPING : State.RUNNING;
        }
        Progress at = progress;
        boolean whole = at == null ? !interruption.requested() : at.iteration() >= at.iterations();
        int with = status.getAsInt();
        return with == 0 && whole ? State.DONE : with == 0 || with == Invocation.CANCELLED ? State.STOPPED : State.FAILED;
    }

    /** How far it is, as it has told last. */
    public Optional<Progress> progress() {
        return Optional.ofNullable(progress);
    }

    /** What was typed. */
    public String line() {
        return line;
    }

    /** What was typed, and where the results go. */
    public String described() {
        return line + destination.map(path -> " -> " + path).orElse("");
    }

    /** Says where the results go. */
    public void leadsTo(Path where) {
        Path here = Path.of("").toAbsolutePath();
        destination = Optional.of(where.startsWith(here) && !where.equals(here) ? here.relativize(where) : where);
    }

    /** What it prints. */
    public Output output() {
        return output;
    }
}
