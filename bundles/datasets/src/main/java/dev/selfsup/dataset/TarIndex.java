package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the files of a tar archive lie, so that each can be read on its own: POSIX {@code ustar} and {@code pax}, and long names as GNU tar writes them. What is no plain
 * file is left out.
 */
public final class TarIndex {
    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;
    private static final int LONGEST_NAME = 1 << 16;

    /**
     * A file within the archive.
     *
     * @param name its name
     * @param offset where its bytes begin
     * @param size how many they are
     */
    public record Entry(String name, long offset, long size) {}

    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();
    private String longName = "";
    private long longSize = -1;

    private TarIndex(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * The files of an archive, in its order.
     *
     * @throws UsageException if it is no archive, is damaged or cut off; the message says where
     */
    public static List<Entry> read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            TarIndex index = new TarIndex(file, channel);
            index.walk();
            return index.entries;
        } catch (IOException e) {
            throw new UsageException("shards: " + Location.absolute(file) + " cannot be read: " + e.getMessage());
        }
    }

    private void walk() throws IOException {
        long size = channel.size();
        for (long at = 0; at < size;) {
            byte[] header = bytes(at, BLOCK, "a header");
            if (blank(header)) {
                return;                                                              // the end: two blocks of zeros
            }
            checked(header, at);
            char kind = (char) header[156];
            long length = kind == 'L' || kind == 'x' || kind == 'g' || longSize < 0 ? number(header, 124, 12, at) : longSize;
            long data = at + BLOCK;
            if (length < 0 || length > size - data) {
                throw damaged(at, "says that " + length + " bytes follow, but the file has only " + Math.max(0, size - data) + " more: it is cut off");
            }
            entry(header, kind, data, length);
            at = data + (length + BLOCK - 1) / BLOCK * BLOCK;
        }
    }

    private void entry(byte[] header, char kind, long data, long length) throws IOException {
        switch (kind) {
            case 'L' -> longName = text(extra(data, length), 0, (int) length);
            case 'x' -> pax(extra(data, length));
            case 'g' -> { }                                                          // of all files: who owns them
            default -> {
                if (kind == '0' || kind == 0 || kind == '7') {
                    entries.add(new Entry(longName.isEmpty() ? name(header) : longName, data, length));
                }
                longName = "";
                longSize = -1;
            }
        }
    }

    private byte[] extra(long data, long length) throws IOException {
        if (length > LONGEST_NAME) {
            throw damaged(data - BLOCK, "announces a name of " + length + " bytes");
        }
        return bytes(data, (int) length, "a name");
    }

    /** Lines of {@code LENGTH KEY=VALUE}, where the length counts all bytes of the line. */
    private void pax(byte... records) {
        String text = new String(records, StandardCharsets.ISO_8859_1);
        for (int at = 0; at < text.length();) {
            int space = text.indexOf(' ', at);
            int length = space > at && text.substring(at, space).matches("\\d{1,6}") ? Integer.parseInt(text.substring(at, space)) : 0;
            if (length <= space - at || at + length > text.length()) {
                return;
            }
            String[] pair = text.substring(space + 1, at + length - 1).split("=", 2);
            if (pair[0].equals("path") && pair.length == 2) {
                longName = new String(pair[1].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            } else if (pair[0].equals("size") && pair.length == 2 && pair[1].matches("\\d{1,18}")) {
                longSize = Long.parseLong(pair[1]);
            }
            at += length;
        }
    }

    private static String name(byte... header) {
        String prefix = text(header, 257, 5).equals("ustar") && header[262] == 0 ? text(header, 345, 155) : "";
        return (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, 100);
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    private void checked(byte[] header, long at) {
        if (at == 0 && (header[0] & 255) == 0x1f && (header[1] & 255) == 0x8b) {
            throw damaged(at, "is that of gzip: unpack the shard with gunzip, as images are read out of order");
        }
        long sum = 8L * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM && i < CHECKSUM + 8 ? 0 : header[i] & 255;
        }
        if (sum != number(header, CHECKSUM, 8, at)) {
            throw damaged(at, "has a wrong checksum");
        }
    }

    /** An octal number in text, or, for very large files, one in bytes. */
    private long number(byte[] header, int from, int length, long at) {
        if ((header[from] & 128) != 0) {
            long value = header[from] & 127;
            for (int i = from + 1; i < from + length; i++) {
                value = value << 8 | header[i] & 255;
            }
            return value;
        }
        String digits = text(header, from, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw damaged(at, "is none of tar");
        }
        return Long.parseLong(digits, 8);
    }

    private byte[] bytes(long at, int count, String what) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw damaged(at, "is not there whole: the file ends within " + what);
            }
        }
        return buffer.array();
    }

    private static boolean blank(byte... block) {
        for (byte value : block) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private UsageException damaged(long at, String how) {
        return new UsageException("shards: " + Location.absolute(file) + " is no whole tar archive: the header at byte " + at + " " + how);
    }
}
