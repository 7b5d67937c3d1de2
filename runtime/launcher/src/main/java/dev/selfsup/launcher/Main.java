package dev.selfsup.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Runs one command in a container of its own and exits with its status; without arguments, an interactive shell. The option {@value Verbose#OPTION},
 * anywhere on the line, is this launcher's own.
 */
public final class Main {
    private static final int FAILED = 1;

    private Main() {}

    /** Called by the script {@code selfsup}. */
    public static void main(String[] words) {
        Optional<Verbose> verbose = List.of(words).contains(Verbose.OPTION) ? Optional.of(new Verbose(System.err)) : Optional.empty();
        String[] line = Stream.of(words).filter(word -> !word.equals(Verbose.OPTION)).toArray(String[]::new);
        boolean interactive = line.length == 0;
        int status;
        try {
            FrameworkCache cache = FrameworkCache.create(Path.of(System.getProperty("selfsup.cache")));
            AtomicReference<Container> running = new AtomicReference<>();
            Signals signals = Signals.handle(() -> running.get() != null, () -> willEnd(running.get(), interactive), cache::remove);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running.get(), cache), "shutdown"));
            running.set(Container.start(Layout.ofSystemProperties(), cache.folder(), interactive, verbose));
            status = interactive ? shell(running.get(), signals) : run(running.get(), line, signals);
        } catch (StartFailure e) {
            System.err.println("selfsup: " + e.getMessage());
            status = e.status();
        } catch (Exception e) {
            System.err.println("selfsup: cannot start: " + e);
            status = FAILED;
        }
        System.exit(status);
    }

    private static int shell(Container container, Signals signals) {
        int status = container.service("shell", IntSupplier.class).map(IntSupplier::getAsInt).orElseGet(Main::missing);
        return signals.status() == 0 ? status : signals.status();
    }

    private static int missing() {
        System.err.println("selfsup: the bundle selfsup.shell is not there; build anew with: mvn package");
        return FAILED;
    }

    private static int run(Container container, String[] line, Signals signals) {
        Optional<?> command = container.service("command", ToIntFunction.class);
        if (command.isEmpty()) {
            return missing();
        }
        @SuppressWarnings("unchecked")
        int status = ((ToIntFunction<String[]>) command.get()).applyAsInt(line);
        return status == 0 ? signals.status() : status;
    }

    /** Whether the command ends by itself, and the process with it; a shell does not, but its jobs are waited for. */
    private static boolean willEnd(Container container, boolean interactive) {
        boolean will = container != null
                && container.service("interruption", BooleanSupplier.class).map(BooleanSupplier::getAsBoolean).orElse(false);
        if (will && interactive) {
            container.service("shell", Runnable.class).ifPresent(Runnable::run);
        }
        return will && !interactive;
    }

    private static void stop(Container container, FrameworkCache cache) {
        if (container != null) {
            container.stop();
        }
        cache.remove();
    }
}
