package dev.selfsup.shell;

import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command of the shell and of the command line; see the package for how one is written. The service property
 * {@value #NAME} holds its name; {@code -h} and {@code --help} are there without being declared.
 */
@ConsumerType
public interface Command {
    /** Service property: name of the command, one word. */
    String NAME = "selfsup.command";

    /** Service property: {@code true} for a command that runs in the background of an interactive shell, as a job. */
    String BACKGROUND = "selfsup.background";

    /**
     * Runs the command; its arguments stand in its fields.
     *
     * @param call where it prints, and how it learns that it shall end
     * @return exit status, 0 if all went well
     * @throws dev.selfsup.api.run.UsageException if the user, or a full disk, is the reason why it cannot be done
     * @throws Exception if something is broken
     */
    int run(Call call) throws Exception;

    /**
     * Where a call with these arguments leaves its results, which is shown beside a job; empty where that is no one place.
     *
     * @throws dev.selfsup.api.run.UsageException if an argument is wrong
     */
    default Optional<Path> destination() {
        return Optional.empty();
    }
}
