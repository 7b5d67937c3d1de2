package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a dataset lies, as its config says. Relative folders are relative to {@code data_root}, and that to the
 * working directory; {@code ~} is the home folder.
 *
 * @param dataRoot value of {@code data_root}
 * @param dataPrefix value of {@code data_prefix.img_path}
 * @param annFile value of {@code ann_file}, empty if there is none
 */
public record Location(String dataRoot, String dataPrefix, String annFile) {
    /** The folder of the images. Throws {@link UsageException} if there is none; the message names the key to change. */
    public Path images() {
        Path root = path(dataRoot);
        if (!Path.of(dataPrefix).isAbsolute() && !dataPrefix.startsWith("~") && !Files.isDirectory(root)) {
            throw new UsageException("data_root: there is no folder \"" + dataRoot + "\" (looked for " + absolute(root) + "); " + remedy());
        }
        Path folder = root.resolve(path(dataPrefix));
        if (!Files.isDirectory(folder)) {
            throw new UsageException("data_prefix: there is no folder \"" + dataPrefix + "\" in data_root \"" + dataRoot + "\" (looked for "
                    + absolute(folder) + "); correct it, or leave it out if the images lie in data_root itself");
        }
        return folder;
    }

    /** The annotation file, if the config names one. Throws {@link UsageException} if it does not exist. */
    public Optional<Path> annotations() {
        if (annFile.isEmpty()) {
            return Optional.empty();
        }
        Path file = path(dataRoot).resolve(path(annFile));
        if (!Files.isRegularFile(file)) {
            throw new UsageException("ann_file: there is no file \"" + annFile + "\" in data_root \"" + dataRoot + "\" (looked for "
                    + absolute(file) + "); correct it, or leave ann_file out to take every image of the folder, its subfolders as classes");
        }
        return Optional.of(file);
    }

    /** What to do where there are no images. */
    static String remedy() {
        return "set data_root to your folder of images, for training with --cfg-options train_dataloader.dataset.data_root=FOLDER";
    }

    static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    static Path path(String text) {
        return text.equals("~") || text.startsWith("~/") ? Path.of(System.getProperty("user.home") + text.substring(1)) : Path.of(text);
    }
}
