package dev.selfsup.checkpoint;

import dev.selfsup.pickle.PickleInput;
import dev.selfsup.pickle.RefusedPickleException;
import dev.selfsup.pickle.Unpickler;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipFile;

/**
 * A file of PyTorch's, {@code .pth}, {@code .pth.tar} or {@code .pt}, whether in the zip format or in the one before it. Nothing in it is executed: a pickle that names
 * anything but tensors and plain data is a {@link DamagedFileException}. Tensors are those of its state_dict, which may lie below {@code state_dict}, {@code model} or the like;
 * what else it holds, as the optimizer's state, is left out.
 */
public final class TorchFile implements TensorFile {
    private static final long PICKLE_LIMIT = 1L << 27;
    /** Where a state_dict lies in checkpoints of OpenMMLab, torchvision, timm, MAE, MoCo, DINO, BEiT; the first that is there. */
    private static final List<String> PLACES = List.of("state_dict", "model", "module", "model_state_dict", "model_state", "teacher", "net", "weights");
    private static final int DEPTH = 4;
    /** Bytes by which tensors may be larger than their storages, as expanded ones are. */
    private static final long REPEATED_LIMIT = 1L << 24;
    private static final int SHOWN = 100;

    private final Path path;
    private final Storages storages;
    private final Map<String, StoredTensor> tensors;

    private TorchFile(Path path, Storages storages, Map<String, StoredTensor> tensors) {
        this.path = path;
        this.storages = storages;
        this.tensors = tensors;
    }

    /**
     * Opens a file; tensors are read when asked for.
     *
     * @throws DamagedFileException if it cannot be read, is refused, or holds no tensors
     */
    public static TorchFile open(Path path) {
        try {
            return FileFormat.zipped(path) ? zipped(path) : before(path);
        } catch (IOException e) {
            throw refused(path, e);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new DamagedFileException(path, "is damaged: " + e.getMessage());
        }
    }

    private static DamagedFileException refused(Path path, IOException e) {
        return new DamagedFileException(path, (e instanceof RefusedPickleException ? "is refused: " : "cannot be read: ") + Reason.of(e));
    }

    private static TorchFile zipped(Path path) throws IOException {
        ZipFile zip = new ZipFile(path.toFile());
        try {
            ZipStorages storages = ZipStorages.of(zip);
            try (InputStream in = new BufferedInputStream(storages.pickle())) {
                return new TorchFile(path, storages, stateDict(Unpickler.read(new PickleInput(in, PICKLE_LIMIT), new TorchVocabulary())));
            }
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static TorchFile before(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            FileStorages storages = FileStorages.of(file, new TorchVocabulary(), PICKLE_LIMIT);
            return new TorchFile(path, storages, stateDict(storages.content()));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static Map<String, StoredTensor> stateDict(Object content) throws RefusedPickleException {
        Object at = content;
        for (int depth = 0; depth < DEPTH && at instanceof Map<?, ?> map; depth++) {
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            map.forEach((key, value) -> {
                if (key instanceof String name && value instanceof StoredTensor tensor) {
                    tensors.put(name, tensor);
                }
            });
            Optional<String> below = PLACES.stream().filter(place -> map.get(place) instanceof Map).findFirst();
            if (below.isEmpty()) {
                return found(tensors, map);
            }
            at = map.get(below.get());
        }
        throw new RefusedPickleException("it has no state_dict: a mapping from names to tensors");
    }

    private static Map<String, StoredTensor> found(Map<String, StoredTensor> tensors, Map<?, ?> map) throws RefusedPickleException {
        if (tensors.isEmpty()) {
            Set<String> keys = new HashSet<>();
            map.keySet().stream().limit(8).map(String::valueOf).forEach(key -> keys.add(key.substring(0, Math.min(SHOWN, key.length())).replaceAll("\\p{Cntrl}", "?")));
            throw new RefusedPickleException("it has no tensors by name at the top or below " + PLACES + "; its keys are " + keys);
        }
        long repeated = 0;
        for (StoredTensor tensor : tensors.values()) {
            repeated = Math.addExact(repeated, tensor.repeated());
        }
        if (repeated > REPEATED_LIMIT) {
            throw new RefusedPickleException("its tensors are " + repeated + " bytes larger than their storages, whose elements they repeat; save them with .contiguous()");
        }
        return tensors;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public Optional<Tensor> tensor(String name) {
        StoredTensor stored = tensors.get(name);
        if (stored == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(stored.over(name, storages.storage(stored.storage().key(), stored.storageBytes())));
        } catch (IOException e) {
            throw refused(path, e);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new DamagedFileException(path, "is damaged: tensor " + name + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            storages.close();
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be closed: " + Reason.of(e));
        }
    }
}
