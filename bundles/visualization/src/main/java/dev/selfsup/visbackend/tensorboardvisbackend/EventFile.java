package dev.selfsup.visbackend.tensorboardvisbackend;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard events: TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data) of Event messages.
 * An event is in the hands of the system when {@link #add} returns, so that a crash loses at most the one being written.
 */
final class EventFile implements AutoCloseable {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;

    private final FileOutputStream out;

    /** Begins a file; replaces one of the name. */
    EventFile(Path path, double seconds) throws IOException {
        out = new FileOutputStream(path.toFile());
        record(new Proto().fixed(WALL_TIME, seconds).text(FILE_VERSION, "brain.Event:2"));
    }

    /** Adds a summary of a step at a time in seconds since 1970. */
    void add(double seconds, long step, Proto summary) throws IOException {
        record(new Proto().fixed(WALL_TIME, seconds).varint(STEP, step).message(SUMMARY, summary));
    }

    private void record(Proto event) throws IOException {
        byte[] data = event.toBytes();
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length).putInt(masked(record.array(), Long.BYTES)).put(data).putInt(masked(data, data.length));
        out.write(record.array());
    }

    private static int masked(byte[] bytes, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, count);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
