package dev.selfsup.runtime.export;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.NewFile;
import dev.selfsup.weights.WeightFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code publish CKPT --out DIR}: a checkpoint for others, without what only the run needs, its name ending in its checksum. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=publish")
@CommandLine.Command(name = "publish", description = {
    "Writes the weights of a checkpoint without the state of optimizer and hooks, as NAME_DATE-HASH.safetensors in a folder.",
    "HASH is the begin of the file's SHA-256, as PyTorch's hub checks it."})
public final class PublishCommand implements Command {
    private static final int DIGITS = 8;

    /** Formats of {@code --format}. */
    enum Format { safetensors, pth }

    @CommandLine.Parameters(paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the new file")
    private Path out;

    @CommandLine.Option(names = "--format", paramLabel = "FORMAT", defaultValue = "safetensors", description = "safetensors or pth; default ${DEFAULT-VALUE}")
    private Format format;

    @CommandLine.Option(names = "--force", description = "replace a file of that name")
    private boolean force;

    @Override
    public int run(Call call) {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException("--out " + out + " is a file: name a folder");
        }
        WeightFormat written = format == Format.pth ? WeightFormat.PTH : WeightFormat.SAFETENSORS;
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            List<Tensor> weights = loaded.tensors().tensors().stream().filter(t -> !t.name().matches("(?:optimizer|hook)/.*")).toList();
            if (weights.isEmpty()) {
                throw new UsageException(checkpoint + " has no weights, only the state of a run");
            }
            Path unnamed = NewFile.beside(out.resolve(name() + written.suffix()));
            try {
                Files.createDirectories(out);
                written.write(unnamed, weights);
                Path named = out.resolve(name() + "_" + LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + "-" + hash(unnamed) + written.suffix());
                NewFile.rename(unnamed, named, force);
                call.out().println("wrote " + named + ": " + weights.size() + " of " + loaded.tensors().names().size() + " tensors");
            } catch (IOException e) {
                throw NewFile.failed(out.resolve(name() + written.suffix()), e);
            } finally {
                NewFile.discard(unnamed);
            }
        }
        return 0;
    }

    private String name() {
        return checkpoint.getFileName().toString().replaceFirst("\\.(json|safetensors|npz|pth|pth\\.tar|pt|tar)$", "");
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            DigestInputStream digested = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"));
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
