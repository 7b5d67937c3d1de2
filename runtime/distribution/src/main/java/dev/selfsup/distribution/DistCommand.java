package dev.selfsup.distribution;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.runtime.plugins.NeededBundles;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code dist}: one file that runs on a server with nothing but Java. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=dist")
@CommandLine.Command(name = "dist", description = {
    "Writes a distribution for machines without Maven or sources: a tar.gz that needs only a Java runtime (17 or newer).",
    "It holds the script, all plug-ins, configs, documentation, and in server/ a Dockerfile, a systemd unit and a Slurm script."})
public final class DistCommand implements Command {
    private static final String PLATFORM = "linux-x86_64";

    @CommandLine.Option(names = "--out", paramLabel = "FILE", description = "file to write, or folder to write it into; default selfsup-VERSION-" + PLATFORM + ".tar.gz")
    private Optional<Path> out = Optional.empty();

    @CommandLine.Option(names = "--force", description = "overwrite the file if there is one")
    private boolean force;

    @CommandLine.Option(names = "--with-cuda", description = "with the CUDA backend, which must be installed here: some GB more")
    private boolean cuda;

    @CommandLine.Option(names = "--for", arity = "1..*", paramLabel = "CONFIG", description = "only the plug-ins that these configs need; default all")
    private List<Path> configs = List.of();

    private final String name;
    private final Distribution distribution;
    private final NeededBundles needed;

    /** Made by the container. */
    @Activate
    public DistCommand(BundleContext bundle, @Reference NeededBundles needed) {
        this.needed = needed;
        name = "selfsup-" + maven(bundle.getBundle().getVersion()) + "-" + PLATFORM;
        distribution = new Distribution(Path.of(bundle.getProperty("selfsup.home")), Path.of(bundle.getProperty("selfsup.root")));
    }

    private static String maven(Version version) {
        String numbers = version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
        return version.getQualifier().isEmpty() ? numbers : numbers + "-" + version.getQualifier();
    }

    @Override
    public int run(Call call) throws IOException {
        Path file = file();
        if (cuda && !Files.isDirectory(distribution.home().resolve("lib").resolve(CudaBackend.FOLDER))) {
            throw new UsageException("--with-cuda: the CUDA backend is not installed; './selfsup backend install cuda' fetches it");
        }
        Predicate<String> wanted = wanted(call);
        Path partial = file.resolveSibling(file.getFileName() + ".partial-" + ProcessHandle.current().pid());
        try (Interruption.Watch watch = call.interruption().watch()) {
            String sha256 = write(partial, wanted, call, watch);
            long size = Files.size(partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            call.out().println(file + "  " + ByteProgress.size(size) + "  SHA-256 " + sha256);
        } catch (CancellationException e) {
            call.err().println("stopped; nothing has been written");
        } catch (IOException e) {
            throw new UsageException("cannot write " + file + ": " + reason(e) + "; choose another --out", 1);
        } finally {
            Files.deleteIfExists(partial);
        }
        return 0;
    }

    /** Which bundles belong to it, by symbolic name: all, or those that the configs need. */
    private Predicate<String> wanted(Call call) {
        if (configs.isEmpty()) {
            return bundle -> true;
        }
        Set<String> names = new HashSet<>();
        for (Path config : configs) {
            for (NeededBundles.Needed bundle : needed.of(Config.load(config, List.of())).bundles()) {
                if (names.add(bundle.symbolicName()) && bundle.jar().isEmpty()) {
                    call.err().println(config + " needs the plug-in " + bundle.symbolicName() + " of deploy/, which is not packed: put it into deploy/ there too");
                }
            }
        }
        return names::contains;
    }

    private String write(Path partial, Predicate<String> wanted, Call call, Interruption.Watch watch) throws IOException {
        SortedMap<String, Path> files = distribution.files(wanted, cuda);
        long total = 0;
        for (Path file : files.values()) {
            total += Files.size(file);
        }
        try (ByteProgress progress = new ByteProgress(call.out(), call.columns(), "packing", total, System::nanoTime)) {
            Archive archive = new Archive(partial, name, until(watch, progress));
            try (archive) {
                archive.add(Distribution.COMPLETE, String.join("\n", distribution.parts()) + "\n");
                archive.addFolder("deploy");
                for (Map.Entry<String, Path> entry : files.entrySet()) {
                    archive.add(entry.getKey(), entry.getValue());
                }
            }
            return archive.sha256Hex();
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    }

    private static LongConsumer until(Interruption.Watch watch, LongConsumer progress) {
        return bytes -> {
            if (watch.requested()) {
                throw new CancellationException();
            }
            progress.accept(bytes);
        };
    }

    private Path file() {
        Path file = out.orElse(Path.of("")).toAbsolutePath().normalize();
        if (Files.isDirectory(file)) {
            file = file.resolve(name + ".tar.gz");
        }
        if (!Files.isDirectory(file.getParent())) {
            throw new UsageException("--out: there is no folder " + file.getParent() + "; make it first, or choose another file");
        }
        if (Files.exists(file) && !force) {
            throw new UsageException(file + " is already there; --force overwrites it, --out names another file");
        }
        return file;
    }
}
