package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A disk as {@link FolderCheck} sees it. */
interface Disk {
    /** This machine's. */
    Disk THIS = new Disk() {
        @Override
        public long free(Path folder) throws IOException {
            FileStore store = Files.getFileStore(folder);
            return store.getUsableSpace();
        }

        @Override
        public Optional<String> obstacle(Path folder) {
            try {
                Files.delete(Files.createTempFile(folder, ".doctor-", ".tmp"));
                return Optional.empty();
            } catch (AccessDeniedException e) {
                return Optional.of("permission denied");
            } catch (IOException e) {
                return Optional.of(e.getMessage());
            }
        }
    };

    /** Bytes that can still be written into a folder. */
    long free(Path folder) throws IOException;

    /** Why no file can be written into a folder; empty if one can. */
    Optional<String> obstacle(Path folder);
}
