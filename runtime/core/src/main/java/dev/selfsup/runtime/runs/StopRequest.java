package dev.selfsup.runtime.runs;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A request to a run, made by the file {@value #FILE} in its folder, that it saves a checkpoint and ends. The file holds what the run's {@value RunPid#FILE} holds, so that
 * no later run takes it for its own; the run puts its last words in place of that, and then removes {@value RunPid#FILE}.
 */
public final class StopRequest {
    static final String FILE = "run.stop";

    private final Path folder;
    private final RunPid run;

    private StopRequest(Path folder, RunPid run) {
        this.folder = folder;
        this.run = run;
    }

    /**
     * Asks the run in a folder to end.
     *
     * @throws UsageException if nobody trains there; the pid file that an ended run has left is removed
     */
    public static StopRequest make(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("there is no folder " + folder + ": name the folder of a run, as 'selfsup stop work_dirs/simclr_photos'");
        }
        RunPid run = RunPid.in(folder).orElseThrow(() -> new UsageException("nobody trains in " + folder + ": it has no " + RunPid.FILE));
        try {
            if (!RunHold.isHeld(folder, run)) {
                throw new UsageException("nobody trains in " + folder + ": its " + RunPid.FILE + ", of " + run.named() + ", was left by a run that has been killed. "
                        + "It is removed now; train with --resume goes on from the newest checkpoint");
            }
            RunHold.replace(folder.resolve(FILE), run.json());
        } catch (IOException e) {
            throw new UsageException("cannot ask the run in " + folder + " (" + run.named() + ") to end: "
                    + (e instanceof AccessDeniedException ? "permission denied" : e.toString()));
        }
        return new StopRequest(folder, run);
    }

    /** Whether a run has been asked to end. */
    static boolean isMade(Path folder, RunPid run) {
        try {
            Path file = folder.resolve(FILE);
            return Files.exists(file) && Files.readString(file).equals(run.json());
        } catch (IOException e) {
            return false; // written or removed at this moment: it is looked for again
        }
    }

    /** The run that has been asked. */
    public RunPid run() {
        return run;
    }

    /** Whether the run has ended. */
    public boolean ended() {
        return RunPid.in(folder).filter(run::equals).isEmpty() || !run.lives();
    }

    /** Whether the ended run has put its folder in order, as one does that was not killed. */
    public boolean inPeace() {
        return RunPid.in(folder).filter(run::equals).isEmpty();
    }

    /** What the ended run says, if it ended in peace; takes the request away. */
    public Optional<String> answer() {
        try {
            Path file = folder.resolve(FILE);
            Optional<String> words = Files.exists(file) ? Optional.of(Files.readString(file).strip()).filter(text -> !text.equals(run.json().strip()))
                    : Optional.empty();
            Files.deleteIfExists(file);
            return words;
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
