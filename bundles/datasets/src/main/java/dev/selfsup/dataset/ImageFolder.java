package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of images. Its subfolders, in the order of their names, are the classes, each with all images below it; a
 * folder without images in subfolders has no labels. Links are followed, hidden files and folders skipped. The order
 * is that of the names, whatever the file system gives.
 */
public final class ImageFolder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private final Path folder;
    private final List<String> extensions;

    private ImageFolder(Path folder, List<String> extensions) {
        this.folder = folder;
        this.extensions = extensions.stream().map(extension -> extension.toLowerCase(Locale.ROOT)).toList();
    }

    /**
     * Lists a folder.
     *
     * @param folder the folder
     * @param extensions endings of image files, in any case
     * @param withLabel whether subfolders are classes; otherwise all images below the folder have no label
     * @throws UsageException if there is no image in it, or it cannot be read
     */
    public static Listing list(Path folder, List<String> extensions, boolean withLabel) {
        ImageFolder images = new ImageFolder(folder, extensions);
        SortedMap<String, List<String>> byFolder = images.files();
        if (byFolder.isEmpty()) {
            throw new UsageException("data_root: there is no image in " + Location.absolute(folder) + " (files that end in "
                    + String.join(", ", images.extensions) + "); " + Location.remedy());
        }
        boolean flat = byFolder.keySet().equals(Set.of(""));
        return withLabel && !flat ? images.labelled(byFolder)
                : new Listing(folder, byFolder.values().stream().flatMap(List::stream).toList(), Optional.empty(), List.of());
    }

    private Listing labelled(SortedMap<String, List<String>> byFolder) {
        int outside = byFolder.getOrDefault("", List.of()).size();
        if (outside > 0) {
            LOG.warn("{} images lie in {} itself, in no class folder, and are left out; with_label: false takes all", outside, folder);
        }
        List<String> classes = subfolders();
        List<String> files = new ArrayList<>();
        IntStream.Builder labels = IntStream.builder();
        for (int label = 0; label < classes.size(); label++) {
            List<String> ofClass = byFolder.getOrDefault(classes.get(label), List.of());
            if (ofClass.isEmpty()) {
                LOG.warn("There is no image in the class folder {} of {}", classes.get(label), folder);
            }
            for (String file : ofClass) {
                files.add(file);
                labels.add(label);
            }
        }
        return new Listing(folder, files, Optional.of(labels.build().toArray()), classes);
    }

    private List<String> subfolders() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).map(path -> path.getFileName().toString()).filter(name -> !name.startsWith("."))
                    .sorted().toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The image files by the subfolder that they lie in or below, "" for the folder itself; relative to it, with slashes, sorted. */
    private SortedMap<String, List<String>> files() {
        SortedMap<String, List<String>> files = new TreeMap<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Collector(files));
        } catch (IOException e) {
            throw unreadable(e);
        }
        files.values().forEach(Collections::sort);
        return files;
    }

    private UsageException unreadable(IOException e) {
        return new UsageException("data_root: the folder " + Location.absolute(folder) + " cannot be read: " + e.getMessage());
    }

    private final class Collector extends SimpleFileVisitor<Path> {
        private final SortedMap<String, List<String>> files;

        private Collector(SortedMap<String, List<String>> files) {
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            boolean hidden = !directory.equals(folder) && directory.getFileName().toString().startsWith(".");
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            if (!name.startsWith(".") && extensions.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                files.computeIfAbsent(path.substring(0, Math.max(0, path.indexOf('/'))), subfolder -> new ArrayList<>()).add(path);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            LOG.warn("{} is left out: {}", file, e.toString());                      // a link that leads back, a folder without permission
            return FileVisitResult.CONTINUE;
        }
    }
}
