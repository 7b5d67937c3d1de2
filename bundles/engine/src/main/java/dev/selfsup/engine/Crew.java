package dev.selfsup.engine;

/**
 * Threads that do their shares of one task after the other; the calling thread is one of them. The others are started when they are first needed and
 * end with {@link #close}. A call allocates nothing. One thread at a time may call.
 */
final class Crew implements AutoCloseable {
    /** What every member does a share of. */
    interface Task {
        /**
         * Does it.
         *
         * @param member who does it, from 0; the caller is 0
         * @param members how many take part
         */
        void share(int member, int members);
    }

    private final Object lock = new Object();
    private final Thread[] others;
    private Task task;
    private int members;
    private long calls;
    private int busy;
    private Throwable failure;
    private boolean closed;

    /**
     * A crew of some members.
     *
     * @param size at least 1
     */
    Crew(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + size);
        }
        others = new Thread[size - 1];
    }

    int size() {
        return others.length + 1;
    }

    /**
     * Does a task; returns when every share is done, interrupted or not: the others work on memory that the caller may free.
     *
     * @param taking how many members take part, from 1 to the size
     */
    void run(int taking, Task what) {
        if (taking > 1) {
            begin(taking, what);
        }
        try {
            what.share(0, taking);
        } finally {
            if (taking > 1) {
                await();
            }
        }
    }

    private void begin(int taking, Task what) {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the threads have ended: close() was called");
            }
            for (int i = 0; i < taking - 1; i++) {
                if (others[i] == null) {
                    others[i] = start(i + 1, calls);
                }
            }
            task = what;
            members = taking;
            busy = taking - 1;
            calls++;
            lock.notifyAll();
        }
    }

    private Thread start(int member, long done) {
        Thread thread = new Thread(() -> work(member, done), "updates");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void await() {
        boolean interrupted = false;
        Throwable thrown;
        synchronized (lock) {
            while (busy > 0) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            thrown = failure;
            failure = null;
            task = null;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
    }

    /** What a thread does until the end: it waits for a call that it has not seen, and takes part if it is among its members. */
    private void work(int member, long done) {
        long seen = done;
        while (true) {
            Task now;
            int taking;
            synchronized (lock) {
                while (calls == seen && !closed) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        continue;                                 // nobody interrupts these threads; if one does, there is still work to wait for
                    }
                }
                if (calls == seen) {
                    return;
                }
                seen = calls;
                now = task;
                taking = members;
            }
            if (member < taking) {
                finish(attempt(now, member, taking));
            }
        }
    }

    private static Throwable attempt(Task task, int member, int members) {
        try {
            task.share(member, members);
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    private void finish(Throwable thrown) {
        synchronized (lock) {
            failure = failure == null ? thrown : failure;
            busy--;
            lock.notifyAll();
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }
}
