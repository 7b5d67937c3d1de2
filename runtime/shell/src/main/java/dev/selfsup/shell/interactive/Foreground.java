package dev.selfsup.shell.interactive;

import dev.selfsup.shell.jobs.ShellCall;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The call that a shell waits for. The first Ctrl-C asks it to end, the second leaves it behind. */
final class Foreground {
    private ShellCall call;
    private CompletableFuture<Void> left;
    private boolean asked;

    /** Ctrl-C. */
    synchronized void interrupted() {
        if (call == null) {
            return;
        }
        if (asked) {
            left.complete(null);
        }
        asked = true;
        call.interrupt();
    }

    /** Begins a call that is going to be waited for. It hears of Ctrl-C from its first moment on: what is typed before it is made here reaches it then. */
    synchronized ShellCall begin(Supplier<ShellCall> beginning) {
        left = new CompletableFuture<>();
        asked = false;
        call = beginning.get();
        return call;
    }

    /**
     * Waits for the call that was begun, or for Ctrl-C typed twice.
     *
     * @param until what of the call is waited for
     * @return whether that has happened
     */
    boolean await(CompletableFuture<?> until) {
        CompletableFuture.anyOf(until, left()).join();
        end();
        return until.isDone();
    }

    private synchronized CompletableFuture<Void> left() {
        return left;
    }

    private synchronized void end() {
        call = null;
    }
}
