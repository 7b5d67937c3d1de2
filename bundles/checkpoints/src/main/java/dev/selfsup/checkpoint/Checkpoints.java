package dev.selfsup.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The checkpoints of a run in its folder. Each is a tensor file ({@code epoch_10-1f2e3d4c.safetensors}) and a JSON
 * file ({@code epoch_10.json}) that names it and holds its checksum. The tensor file is made durable first; the JSON
 * is renamed into place last: it is the commit. Whatever is killed, cut off or full, and whenever, the checkpoints
 * committed before stay what they were.
 *
 * <pre>{@code
 * Checkpoints checkpoints = new Checkpoints(workDir, log::warn);
 * checkpoints.save("epoch_10", tensors, metadata);
 * checkpoints.prune(3, Set.of());
 * try (Checkpoint newest = checkpoints.latest().orElseThrow()) { ... }
 * }</pre>
 *
 * <p>Several processes may read and write one folder at once.
 */
public final class Checkpoints {
    private final CheckpointFolder folder;
    private final Consumer<String> messages;
    private final Disk disk;

    /**
     * @param folder made by the first save
     * @param messages told, in one line each, about damaged checkpoints and leftovers that cannot be deleted
     */
    public Checkpoints(Path folder, Consumer<String> messages) {
        this(folder, messages, Disk.REAL);
    }

    Checkpoints(Path folder, Consumer<String> messages, Disk disk) {
        this.folder = new CheckpointFolder(folder, disk, messages);
        this.messages = messages;
        this.disk = disk;
    }

    /**
     * Saves a checkpoint, durable when this returns; it becomes the newest one and replaces one of the same tag.
     *
     * @param tag {@code epoch_10}, {@code iter_2000} or {@code best_...}
     * @param tensors tensors of different names
     * @param metadata what a resumed run needs besides: config text, counters, versions; NaN and infinity become text
     * @return the JSON file
     * @throws UsageException with status 1 if the disk is full or anything else prevents it; earlier checkpoints are
     *     intact, and nothing of this one is left unless it was complete and only its name could not be made durable
     */
    public Path save(String tag, Collection<Tensor> tensors, ObjectNode metadata) {
        if (!tag.matches(Sidecar.TAG)) {
            throw new IllegalArgumentException("a checkpoint is called epoch_N, iter_N or best_NAME, not " + tag);
        }
        Path json = folder.path().resolve(tag + ".json");
        try {
            Files.createDirectories(folder.path());
            try (FolderLock lock = FolderLock.take(folder.path())) {
                folder.clean(lock);
                write(tag, json, tensors, metadata);
                folder.clean(lock);
            }
            return json;
        } catch (IOException e) {
            throw new UsageException("cannot save checkpoint " + json + ": " + Reason.of(e)
                    + "; earlier checkpoints are intact: make room or choose another --work-dir, then go on with --resume", 1);
        }
    }

    private void write(String tag, Path json, Collection<Tensor> tensors, ObjectNode metadata) throws IOException {
        String id = UUID.randomUUID().toString().substring(0, 8);
        Path tensorFile = json.resolveSibling(tag + "-" + id + ".safetensors");
        Path uncommitted = json.resolveSibling("." + tag + ".json." + id + ".tmp");
        boolean committed = false;
        try {
            Sidecar sidecar = writeTensors(json, tensorFile, tensors, metadata);
            disk.sync(folder.path());
            try (Disk.Out out = disk.create(uncommitted)) {
                ByteBuffer bytes = ByteBuffer.wrap(sidecar.toJson());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.sync();
            }
            disk.move(uncommitted, json);
            committed = true;
            disk.sync(folder.path());
        } finally {
            if (!committed) {
                folder.delete(uncommitted);
                folder.delete(tensorFile);
            }
        }
    }

    private Sidecar writeTensors(Path json, Path tensorFile, Collection<Tensor> tensors, ObjectNode metadata) throws IOException {
        try (Disk.Out out = disk.create(tensorFile)) {
            Checksum sum = new Checksum(out);
            SafeTensors.write(sum, tensors, Map.of("format", "pt"));
            out.sync();
            return new Sidecar(json, folder.nextSequence(), tensorFile.getFileName().toString(), sum.bytes(), sum.hex(), metadata);
        }
    }

    /**
     * Opens the newest checkpoint that is whole. Damaged ones, whose tensor file is missing or whose checksums are
     * wrong, are told about and passed over.
     *
     * @return the checkpoint, to be closed by the caller; empty if there are none at all
     * @throws UsageException with status 1 if there are some, but all are damaged
     */
    public Optional<Checkpoint> latest() {
        Set<String> told = new LinkedHashSet<>();
        Optional<Checkpoint> newest = newest(told);
        if (newest.isEmpty() && Files.isDirectory(folder.path())) {
            newest = folder.locked(() -> newest(told));
        }
        if (newest.isEmpty() && !told.isEmpty()) {
            throw new UsageException("all checkpoints in " + folder.path() + " are damaged: " + String.join("; ", told)
                    + ". Start anew in another --work-dir, or without --resume", 1);
        }
        return newest;
    }

    /** The newest whole one; empty if there is none, or if a save came in between, which only a second try under lock can tell. */
    private Optional<Checkpoint> newest(Set<String> told) {
        for (Sidecar sidecar : folder.read(damaged -> tell(told, damaged))) {
            try {
                return Optional.of(open(sidecar));
            } catch (DamagedFileException e) {
                if (folder.changed(sidecar)) {
                    return Optional.empty();
                }
                tell(told, e);
            }
        }
        return Optional.empty();
    }

    private void tell(Set<String> told, DamagedFileException damaged) {
        if (told.add(damaged.getMessage())) {
            messages.accept("damaged checkpoint passed over: " + damaged.getMessage());
        }
    }

    /**
     * Opens a checkpoint, or weights that come from elsewhere.
     *
     * @param path its JSON file or its tensor file; or any safetensors file, npz archive or file of PyTorch's, told by their content
     * @return the checkpoint, to be closed by the caller; without metadata where it is not one of ours
     * @throws DamagedFileException if it is not there, is of no such format, is damaged or refused
     */
    public static Checkpoint load(Path path) {
        String name = String.valueOf(path.getFileName());
        if (Files.isDirectory(path)) {
            throw new DamagedFileException(path, "is a folder; name the .json file of a checkpoint in it");
        }
        if (!Files.exists(path)) {
            throw new DamagedFileException(path, "there is no such checkpoint; name its .json file, as in work_dirs/NAME/epoch_10.json");
        }
        if (path.toFile().length() == 0) {
            throw new DamagedFileException(path, "is an empty file");
        }
        switch (FileFormat.of(path)) {
            case SIDECAR -> {
                return open(Sidecar.read(path));
            }
            case NPZ -> {
                return foreign(path, Npz.open(path));
            }
            case TORCH -> {
                return foreign(path, TorchFile.open(path));
            }
            case SAFETENSORS -> { }
        }
        String tag = Sidecar.tagOfTensors(name);
        Path json = path.resolveSibling(tag + ".json");
        if (tag != null && Files.exists(json)) {
            Sidecar sidecar = Sidecar.read(json);
            if (sidecar.tensors().equals(name)) {
                return open(sidecar);
            }
        }
        return foreign(path, SafeTensors.open(path));
    }

    private static Checkpoint foreign(Path path, TensorFile tensors) {
        return new Checkpoint(path, JsonNodeFactory.instance.objectNode(), tensors);
    }

    private static Checkpoint open(Sidecar sidecar) {
        Path path = sidecar.tensorPath();
        SafeTensors tensors = SafeTensors.open(path);
        try {
            if (tensors.file().size() != sidecar.bytes() || !Checksum.of(tensors.file()).equals(sidecar.sha256())) {
                throw new DamagedFileException(
                        path, "is damaged: its content does not match the checksum in " + sidecar.path().getFileName());
            }
            return new Checkpoint(sidecar.path(), sidecar.metadata(), tensors);
        } catch (IOException e) {
            tensors.close();
            throw new DamagedFileException(path, "cannot be read: " + Reason.of(e));
        } catch (DamagedFileException e) {
            tensors.close();
            throw e;
        }
    }

    /**
     * Deletes the oldest checkpoints. Those called {@code best_...} do not count and stay.
     *
     * @param keep how many stay, at least 1; all if -1
     * @param protect tags that do not count and stay
     */
    public void prune(int keep, Set<String> protect) {
        if (keep != -1 && keep < 1) {
            throw new IllegalArgumentException("at least 1 checkpoint is kept, or -1 for all, not " + keep);
        }
        if (keep != -1) {
            folder.delete(sidecars -> sidecars.filter(s -> !s.tag().startsWith("best_") && !protect.contains(s.tag())).skip(keep));
        }
    }

    /** Deletes a checkpoint, as the best one so far when a better one was saved; nothing if there is none of that tag. */
    public void remove(String tag) {
        folder.delete(sidecars -> sidecars.filter(s -> s.tag().equals(tag)));
    }

    /** Deletes what saves that were killed left behind; nothing while another process saves. Each save does this, too. */
    public void clean() {
        folder.clean();
    }
}
