package dev.selfsup.distribution;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code backend} and {@code backend install cuda}: what can compute here, and what does. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=backend")
@CommandLine.Command(name = "backend", description = {
    "Lists the native backends that are installed, and which is used and why; or installs one.",
    "cuda is used where it is installed and works, else cpu. Every command takes --backend cpu|cuda; the variable SELFSUP_BACKEND does the same for all calls."})
public final class BackendCommand implements Command {
    private static final String CUDA = "cuda";
    private static final String HOW = "'./selfsup backend install cuda' fetches it through Maven, " + ByteProgress.size(CudaBackend.SPACE);

    @CommandLine.Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "install, with the name of a backend; without: list")
    private Optional<String> action = Optional.empty();

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "cuda: ND4J for CUDA 11.6 with CUDA and cuDNN, and ONNX Runtime for GPUs")
    private Optional<String> name = Optional.empty();

    @CommandLine.Option(names = "--dry-run", description = "install: resolve what would be fetched and print it, fetch nothing")
    private boolean dryRun;

    @CommandLine.Option(names = "--out", paramLabel = "FOLDER", description = "install: folder to make, for lib/" + CudaBackend.FOLDER + " of a distribution elsewhere")
    private Optional<Path> out = Optional.empty();

    private final Path lib;
    private final String used;
    private final String reason;

    /** Made by the container. */
    @Activate
    public BackendCommand(BundleContext bundle) {
        this(Path.of(bundle.getProperty("selfsup.home"), "lib"), bundle.getProperty("selfsup.backend"), bundle.getProperty("selfsup.backend.reason"));
    }

    BackendCommand(Path lib, String used, String reason) {
        this.lib = lib;
        this.used = used;
        this.reason = reason;
    }

    @Override
    public int run(Call call) throws IOException {
        if (action.isEmpty()) {
            for (String backend : List.of("cpu", CUDA)) {
                call.out().printf("%s %-5s %s%n", backend.equals(used) ? "*" : " ", backend, state(lib.resolve("backend-" + backend)));
            }
            call.out().println("used: " + used + ", " + reason);
            return 0;
        }
        if (!action.get().equals("install") || !name.equals(Optional.of(CUDA))) {
            throw new UsageException("the arguments can be none, or 'install cuda', not '" + action.get() + name.map(n -> " " + n).orElse("") + "'");
        }
        CudaBackend backend = new CudaBackend(lib.resolve("boot/launcher.jar"), BackendCommand::freeSpace);
        try (Interruption.Watch watch = call.interruption().watch()) {
            if (dryRun) {
                backend.coordinates(watch::requested).forEach(call.out()::println);
            } else {
                install(backend, call.out(), watch);
            }
        } catch (CancellationException e) {
            call.err().println("stopped; nothing has been installed");
        }
        return 0;
    }

    private void install(CudaBackend backend, PrintStream progress, Interruption.Watch watch) throws IOException {
        Path folder = out.orElse(lib.resolve(CudaBackend.FOLDER)).toAbsolutePath().normalize();
        if (Files.exists(folder)) {
            throw new UsageException(folder + " is already there; remove it first if it shall be fetched anew");
        }
        if (!Files.isWritable(folder.getParent())) {
            throw new UsageException("you cannot write to " + folder.getParent() + "; install as its owner, or into another folder with --out");
        }
        backend.fetch(folder, progress::println, watch::requested);
        progress.println("installed: " + folder + ", " + state(folder));
        if (out.isPresent()) {
            progress.println("copy it to lib/" + CudaBackend.FOLDER + " of a distribution; './selfsup backend' says there whether it works");
        }
    }

    private static String state(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return "not installed; " + HOW;
        }
        int count = 0;
        long size = 0;
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path jar : jars) {
                count++;
                size += Files.size(jar);
            }
        }
        return count + " jars, " + ByteProgress.size(size);
    }

    private static long freeSpace(Path at) {
        try {
            return Files.getFileStore(at).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
