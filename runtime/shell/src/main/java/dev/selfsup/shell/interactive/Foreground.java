package dev.selfsup.shell.interactive;

import dev.selfsup.shell.jobs.ShellCall;
import java.util.concurrent.CompletableFuture;

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

    /**
     * Waits for a call, or for Ctrl-C typed twice.
     *
     * @param until what of the call is waited for
     * @return whether that has happened
     */
    boolean await(ShellCall waitedFor, CompletableFuture<?> until) {
        CompletableFuture<Void> left = begin(waitedFor);
        CompletableFuture.anyOf(until, left).join();
        end();
        return until.isDone();
    }

    private synchronized CompletableFuture<Void> begin(ShellCall waitedFor) {
        call = waitedFor;
        left = new CompletableFuture<>();
        asked = false;
        return left;
    }

    private synchronized void end() {
        call = null;
    }
}
