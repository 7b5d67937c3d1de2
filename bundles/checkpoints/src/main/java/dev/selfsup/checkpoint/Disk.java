package dev.selfsup.checkpoint;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The changes that saving makes to a disk, one method each, so that tests can fail or die at any of them. */
interface Disk {
    /** The real one. An interrupted thread finishes what it writes. */
    Disk REAL = new Disk() {
        @Override
        public Out create(Path path) throws IOException {
            Files.createFile(path);
            return new FileOut(new FileOutputStream(path.toFile()));
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void sync(Path folder) throws IOException {
            boolean interrupted = Thread.interrupted();
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (ClosedByInterruptException e) {
                Thread.interrupted();
                interrupted = true;
                sync(folder);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    };

    /** Makes a file that must not exist. */
    Out create(Path path) throws IOException;

    /** Renames a file within its folder at once; replaces what has the name. */
    void move(Path from, Path to) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(Path path) throws IOException;

    /** Makes the names of a folder's files durable. */
    void sync(Path folder) throws IOException;

    /** A file being written. */
    interface Out extends WritableByteChannel {
        /** Makes what was written durable. */
        void sync() throws IOException;
    }

    /** A file written by a stream: a channel would be closed when its thread is interrupted. */
    final class FileOut implements Out {
        private final FileOutputStream stream;
        private final byte[] piece = new byte[1 << 16];

        FileOut(FileOutputStream stream) {
            this.stream = stream;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = Math.min(bytes.remaining(), piece.length);
            bytes.get(piece, 0, count);
            stream.write(piece, 0, count);
            return count;
        }

        @Override
        public void sync() throws IOException {
            stream.getFD().sync();
        }

        @Override
        public boolean isOpen() {
            return stream.getChannel().isOpen();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
