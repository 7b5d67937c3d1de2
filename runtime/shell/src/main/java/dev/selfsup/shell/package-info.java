/**
 * Commands, the same from the command line ({@code ./selfsup NAME ARGUMENTS}) and in the interactive shell (in Gogo, scope {@code selfsup}).
 *
 * <p>A command is one class: a prototype service whose fields picocli fills from the arguments, a new object for every
 * call. Put it into any bundle; it appears in {@code help} and is found by name as soon as the bundle starts.
 *
 * <pre>{@code
 * @Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = "selfsup.command=train")
 * @CommandLine.Command(name = "train", description = "Trains what a config describes.")
 * public final class TrainCommand implements Command {
 *     @CommandLine.Parameters(paramLabel = "CONFIG", description = "YAML file") private Path config;
 *     @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE") private List<String> options = List.of();
 *     private final Components components;
 *
 *     @Activate public TrainCommand(@Reference Components components) { this.components = components; }
 *
 *     @Override public int run(Call call) { ... return 0; }
 * }
 * }</pre>
 *
 * <p>An interactive shell completes arguments by their {@code paramLabel} ({@code CONFIG, CKPT, DIR, FILE, JAR, TYPE, KIND, KEY, KEY=VALUE, JOB, COMMAND}, or two joined by
 * {@code |}), others by their {@code completionCandidates}. A service with the property {@code selfsup.background=true} runs there in the background.
 *
 * <p>Dependencies: {@code dev.selfsup:shell} and {@code info.picocli:picocli} in scope provided. Paths are relative to the
 * directory the user is in. Results go to {@code call.out()}, warnings to {@code call.err()}, never to {@code System.out}. The status of the
 * process is what {@code run} returns: 0, or 1 for a run that failed. A mistake of the user's is thrown as
 * {@link dev.selfsup.api.run.UsageException}, which is printed as one message and carries its status; anything else that is
 * thrown ends in one line that names the file in which the stack trace was written, with status 1.
 */
@Version("1.0.0")
package dev.selfsup.shell;

import org.osgi.annotation.versioning.Version;
