package dev.selfsup.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what passes through on its way to another channel. */
final class Checksum implements WritableByteChannel {
    private static final int PIECE = 1 << 20;

    private final MessageDigest digest = sha256();
    private final WritableByteChannel out;
    private long bytes;

    Checksum(WritableByteChannel out) {
        this.out = out;
    }

    /** Checksum of bytes. */
    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /** Checksum of a file. */
    static String of(FileChannel file) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        for (long at = 0; file.read(piece.clear(), at) > 0; at += piece.limit()) {
            digest.update(piece.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        ByteBuffer passed = source.duplicate();
        int count = out.write(source);
        digest.update(passed.limit(source.position()));
        bytes += count;
        return count;
    }

    /** The checksum of all that was written; may be asked for once. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Number of bytes written. */
    long bytes() {
        return bytes;
    }

    @Override
    public boolean isOpen() {
        return out.isOpen();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
