package dev.selfsup.shell.jobs;

import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/** The calls in the background of an interactive shell, by the numbers that it gave them; on the command line there are none. */
@Component(service = Jobs.class)
public final class Jobs {
    /** Ended jobs that are still listed. */
    private static final int KEPT = 50;
    /** Characters of a line by which a job that ends is called. */
    private static final int LONGEST = 40;

    private final Map<Integer, ShellCall> byId = new TreeMap<>();
    private Consumer<String> news;
    private int last;

    /**
     * The shell begins.
     *
     * @param ends is told, in one line, of every job that ends
     */
    public synchronized void open(Consumer<String> ends) {
        news = ends;
    }

    /** Whether there is a shell. */
    synchronized boolean isOpen() {
        return news != null;
    }

    /**
     * Makes a call a job.
     *
     * @return its number
     */
    public synchronized int add(ShellCall call) {
        int id = ++last;
        byId.put(id, call);
        forget();
        Consumer<String> told = news;
        call.tell(() -> told.accept("job " + id + " " + end(call)));
        return id;
    }

    /** {@code stopped (train a.yaml): stopped at epoch 3, iteration 120; go on with --resume}. */
    private static String end(ShellCall call) {
        String state = call.state().name().toLowerCase(Locale.ROOT);
        String line = call.line().length() > LONGEST ? call.line().substring(0, LONGEST) + "..." : call.line();
        String said = call.output().lastLine();
        return state + " (" + line + ")" + (said.isEmpty() ? "" : ": " + said);
    }

    private void forget() {
        long over = byId.values().stream().filter(call -> call.ended().isDone()).count() - KEPT;
        for (var calls = byId.values().iterator(); over > 0 && calls.hasNext(); ) {
            if (calls.next().ended().isDone()) {
                calls.remove();
                over--;
            }
        }
    }

    /** All jobs by their numbers, ended ones too. */
    public synchronized Map<Integer, ShellCall> all() {
        return new TreeMap<>(byId);
    }

    /** Jobs that have not ended. */
    public synchronized long running() {
        return byId.values().stream().filter(call -> !call.ended().isDone()).count();
    }

    /**
     * Finds a job.
     *
     * @param number as it was typed
     * @throws UsageException if there is no such job
     */
    public ShellCall get(String number) {
        Map<Integer, ShellCall> all = all();
        if (!isOpen()) {
            throw new UsageException("job " + number + ": jobs belong to an interactive shell (./selfsup without a command); a run of another process is named by its "
                    + "folder, as 'selfsup stop work_dirs/simclr_photos'");
        }
        return all.entrySet().stream().filter(job -> job.getKey().toString().equals(number)).map(Map.Entry::getValue).findFirst()
                .orElseThrow(() -> new UsageException("no job " + number + ": " + (all.isEmpty() ? "there are none" : "there are " + all.keySet())));
    }

    /**
     * Waits for the end of all jobs.
     *
     * @return whether none of those that were running has failed
     */
    public boolean await() {
        List<ShellCall> running = all().values().stream().filter(call -> !call.ended().isDone()).toList();
        running.forEach(call -> call.ended().join());
        return running.stream().noneMatch(call -> call.state() == ShellCall.State.FAILED);
    }

    /** Asks all jobs to end, and waits for those that first finish something. */
    public void end() {
        Map<Integer, ShellCall> all = all();
        all.values().stream().filter(call -> !call.ended().isDone()).forEach(ShellCall::interrupt);
        all.values().stream().filter(call -> !call.isCut()).forEach(call -> call.ended().join());
    }
}
