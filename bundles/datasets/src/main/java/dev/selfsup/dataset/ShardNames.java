package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Archives as a config names them: {@code train-{000000..000146}.tar}, {@code *.tar} or the name of one. */
public final class ShardNames {
    private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,9})\\.\\.(\\d{1,9})}");
    private static final int MOST = 1_000_000;

    private ShardNames() {}

    /**
     * The files that patterns stand for.
     *
     * @param folder that they are relative to
     * @param patterns names, in order; what a pattern with {@code *} stands for is in the order of its names
     * @throws UsageException if one stands for no file
     */
    public static List<Path> files(Path folder, List<String> patterns) {
        List<Path> files = new ArrayList<>();
        for (String pattern : patterns) {
            for (String name : ranges(pattern)) {
                files.addAll(name.contains("*") || name.contains("?") ? matching(folder, name) : List.of(existing(folder, name)));
            }
        }
        return files;
    }

    private static List<String> ranges(String pattern) {
        Matcher range = RANGE.matcher(pattern);
        if (!range.find()) {
            return List.of(pattern);
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (last < first || last - first >= MOST) {
            throw new UsageException("shards: " + pattern + " must count upwards, and not further than " + MOST);
        }
        List<String> names = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            String number = String.format(Locale.ROOT, "%0" + range.group(1).length() + "d", i);
            names.addAll(ranges(pattern.substring(0, range.start()) + number + pattern.substring(range.end())));
        }
        return names;
    }

    private static Path existing(Path folder, String name) {
        Path file = folder.resolve(Location.path(name));
        if (!Files.isRegularFile(file)) {
            throw new UsageException("shards: there is no file \"" + name + "\" (looked for " + Location.absolute(file) + "); correct data_root or shards");
        }
        return file;
    }

    private static List<Path> matching(Path folder, String pattern) {
        Path whole = folder.resolve(Location.path(pattern));
        Path parent = whole.getParent() == null ? Path.of("") : whole.getParent();
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, whole.getFileName().toString())) {
                found.forEach(files::add);
            } catch (IOException e) {
                throw new UsageException("shards: the folder " + Location.absolute(parent) + " cannot be read: " + e.getMessage());
            }
        }
        if (files.isEmpty()) {
            throw new UsageException("shards: there is no file \"" + pattern + "\" (looked in " + Location.absolute(parent) + "); correct data_root or shards");
        }
        return files.stream().sorted().toList();
    }
}
