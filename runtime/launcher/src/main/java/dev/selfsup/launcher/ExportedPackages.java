package dev.selfsup.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

/**
 * The packages of the launcher's class path that bundles may import, with the versions of the jars they lie in. A folder's
 * list is made by the build and kept in the folder; for a folder that has none, as a backend just put there, it is made now.
 */
public final class ExportedPackages {
    private static final String FILE = "packages.list";
    private static final List<String> ROOTS = List.of("org/nd4j/", "org/bytedeco/", "org/slf4j/", "ai/onnxruntime/", "onnx/",
            "org/apache/commons/compress/archivers/");
    private static final Pattern VERSION = Pattern.compile("-(\\d+\\.\\d+(?:\\.\\d+)?)");

    private ExportedPackages() {}

    /** Writes the lists of folders; called by the build. */
    public static void main(String[] folders) throws IOException {
        for (String folder : folders) {
            Files.write(Path.of(folder, FILE), scan(Path.of(folder)));
        }
    }

    /**
     * Packages of a folder's jars.
     *
     * @param folder a folder of jars
     * @return elements of {@code org.osgi.framework.system.packages.extra}
     */
    static List<String> of(Path folder) throws IOException {
        Path list = folder.resolve(FILE);
        return Files.exists(list) ? Files.readAllLines(list) : scan(folder);
    }

    private static List<String> scan(Path folder) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (Path jar : jars(folder)) {
            Matcher version = VERSION.matcher(jar.getFileName().toString());
            String exported = version.find() ? version.group(1) : "0";
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream().map(ZipEntry::getName).filter(ExportedPackages::isExported)
                        .forEach(name -> versions.putIfAbsent(name.substring(0, name.lastIndexOf('/')).replace('/', '.'), exported));
            }
        }
        return versions.entrySet().stream().map(e -> e.getKey() + ";version=\"" + e.getValue() + "\"").toList();
    }

    private static boolean isExported(String entry) {
        return entry.endsWith(".class") && !entry.contains("-") && ROOTS.stream().anyMatch(entry::startsWith);
    }

    /** Jars of a folder, by name; none if there is no such folder. */
    static List<Path> jars(Path folder) throws IOException {
        List<Path> jars = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
                files.forEach(jars::add);
            }
        }
        Collections.sort(jars);
        return jars;
    }
}
