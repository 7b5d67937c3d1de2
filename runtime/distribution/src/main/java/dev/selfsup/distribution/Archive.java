package dev.selfsup.distribution;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A tar.gz file being written, all of it below one folder. */
final class Archive implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int FILE = 0100644;
    private static final int PROGRAM = 0100755;

    private final MessageDigest digest = sha256();
    private final String top;
    private final LongConsumer written;
    private final TarArchiveOutputStream tar;

    /**
     * @param file where to
     * @param top name of the folder
     * @param written is told the number of bytes packed, again and again; what it throws ends the work
     */
    Archive(Path file, String top, LongConsumer written) throws IOException {
        this.top = top;
        this.written = written;
        OutputStream bytes = new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER), digest);
        tar = new TarArchiveOutputStream(new FastGzip(bytes), StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    /** Adds a file. */
    void add(String name, Path file) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(file.toFile(), top + "/" + name);
        entry.setMode(Files.isExecutable(file) ? PROGRAM : FILE);
        begin(entry);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                tar.write(buffer, 0, count);
                written.accept(count);
            }
        }
        tar.closeArchiveEntry();
    }

    /** Adds a file with a text. */
    void add(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(top + "/" + name);
        entry.setSize(bytes.length);
        begin(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** Adds an empty folder. */
    void addFolder(String name) throws IOException {
        begin(new TarArchiveEntry(top + "/" + name + "/"));
        tar.closeArchiveEntry();
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    /** SHA-256 of the file; after it has been closed. */
    String sha256Hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Who has built a distribution is nobody on the machine where it is unpacked. */
    private void begin(TarArchiveEntry entry) throws IOException {
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        tar.putArchiveEntry(entry);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nearly all of a distribution are jars and photographs: more effort makes it 1 % smaller. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
