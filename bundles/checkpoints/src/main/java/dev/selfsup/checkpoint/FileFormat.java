package dev.selfsup.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** What a file of weights is, told by its first bytes: names lie. */
enum FileFormat {
    /** The JSON file of a checkpoint of ours. */
    SIDECAR,
    /** The format of Hugging Face. */
    SAFETENSORS,
    /** An archive of NumPy. */
    NPZ,
    /** A file of {@code torch.save}. */
    TORCH;

    private static final int PICKLE = 0x80;
    private static final int NEWEST_PROTOCOL = 5;

    static FileFormat of(Path path) {
        try {
            byte[] start = start(path);
            if (zip(start)) {
                try (ZipFile archive = new ZipFile(path.toFile())) {
                    return ZipStorages.isTorch(archive) ? TORCH : NPZ;
                }
            }
            String name = path.getFileName().toString();
            if (start.length > Long.BYTES && start[Long.BYTES] == '{' || name.endsWith(".safetensors")) {
                return SAFETENSORS;
            }
            boolean pickle = start.length > 1 && (start[0] & 0xff) == PICKLE && start[1] <= NEWEST_PROTOCOL;
            return pickle || name.matches(".*\\.(pth|pt|tar|bin|ckpt|pkl)") ? TORCH : SIDECAR;
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be read: " + Reason.of(e));
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(path, "cannot be read: a member has an unreadable name");
        }
    }

    static boolean zipped(Path path) throws IOException {
        return zip(start(path));
    }

    private static boolean zip(byte[] start) {
        return start.length >= 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
    }

    private static byte[] start(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(9);
        }
    }
}
