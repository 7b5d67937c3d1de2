package dev.selfsup.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The real disk up to an operation, which fails, or at which the process dies: then nothing happens any more. */
final class FailingDisk implements Disk {
    /** The process was killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final int failing;
    private final boolean kills;
    private int operations;

    FailingDisk(int failing, boolean kills) {
        this.failing = failing;
        this.kills = kills;
    }

    int operations() {
        return operations;
    }

    private void next() throws IOException {
        operations++;
        if (kills && operations >= failing) {
            throw new Killed();
        }
        if (operations == failing) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public Out create(Path path) throws IOException {
        next();
        Out out = REAL.create(path);
        return new Out() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                next();
                return out.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                next();
                out.sync();
            }

            @Override
            public boolean isOpen() {
                return out.isOpen();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        next();
        REAL.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (kills) {
            next();
        }
        REAL.delete(path);
    }

    @Override
    public void sync(Path folder) throws IOException {
        next();
        REAL.sync(folder);
    }
}
