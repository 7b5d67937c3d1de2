package dev.selfsup.shell;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command of the shell and of the command line; see the package for how one is written. The service property
 * {@value #NAME} holds its name; {@code -h} and {@code --help} are there without being declared.
 */
@ConsumerType
public interface Command {
    /** Service property: name of the command, one word. */
    String NAME = "selfsup.command";

    /**
     * Runs the command; its arguments stand in its fields.
     *
     * @param call where it prints, and how it learns that it shall end
     * @return exit status, 0 if all went well
     * @throws dev.selfsup.api.run.UsageException if the user, or a full disk, is the reason why it cannot be done
     * @throws Exception if something is broken
     */
    int run(Call call) throws Exception;
}
