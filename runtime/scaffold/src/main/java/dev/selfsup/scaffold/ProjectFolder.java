package dev.selfsup.scaffold;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder that is to become a project: all files are written beside it, then moved into place. */
final class ProjectFolder {
    private final Path folder;

    /**
     * @param folder absolute; it need not exist
     * @param force whether it may hold something already
     * @throws UsageException if it is no folder, or holds something and may not
     */
    ProjectFolder(Path folder, boolean force) {
        this.folder = folder;
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new UsageException(folder + " is a file, not a folder; choose another --dir");
        }
        if (!force && !isEmpty()) {
            throw new UsageException(folder + " is not empty; choose another --dir, or add --force to replace the files of an older project of that name");
        }
    }

    private boolean isEmpty() {
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Writes the files; a new folder appears with all of them or not at all.
     *
     * @param files contents by path
     * @throws UsageException with status 1 if the disk is full or may not be written
     */
    void write(Map<String, String> files) {
        Path beside = folder.resolveSibling("." + folder.getFileName() + "." + ProcessHandle.current().pid());
        try {
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path path = beside.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
            if (Files.exists(folder)) {
                moveInto(beside, files);
            } else {
                Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw failure(e);
        } finally {
            remove(beside);
        }
    }

    private void moveInto(Path beside, Map<String, String> files) throws IOException {
        for (String file : files.keySet()) {
            Path target = folder.resolve(file);
            Files.createDirectories(target.getParent());
            Files.move(beside.resolve(file), target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void remove(Path rest) {
        if (!Files.exists(rest)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(rest)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UsageException("cannot remove " + rest + ": " + e.getMessage(), 1);
        }
    }

    private UsageException failure(IOException e) {
        return new UsageException("cannot write the project " + folder + ": " + reason(e) + "; choose another --dir", 1);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission to write " + denied.getFile();
        }
        if (e instanceof FileSystemException failed) {
            return failed.getReason() == null ? failed.getFile() + " cannot be made" : failed.getReason();
        }
        return e.getMessage();
    }
}
