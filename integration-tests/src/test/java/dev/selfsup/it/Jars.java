package dev.selfsup.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Jars that tests drop into a watched folder. */
final class Jars {
    private static final String WORDS = "sample/algorithm/samplesiam/farewell.txt";

    private Jars() {}

    /** A jar that consists of a manifest. */
    static Path manifest(Path jar, String... headers) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            write(out, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + String.join("\n", headers) + "\n\n");
        }
        return jar;
    }

    /** A bundle without content. */
    static Path bundle(Path jar, String name, String... headers) throws IOException {
        return manifest(jar, "Bundle-ManifestVersion: 2\nBundle-SymbolicName: " + name + (headers.length == 0 ? "" : "\n" + String.join("\n", headers)));
    }

    /** The sample plug-in with another text in its resource. */
    static Path edition(Path jar, Path sample, String words) throws IOException {
        try (ZipFile from = new ZipFile(sample.toFile()); ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                if (entry.getName().equals(WORDS)) {
                    write(out, WORDS, words);
                } else {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream in = from.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                }
            }
        }
        return jar;
    }

    private static void write(ZipOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
