package dev.selfsup.shell.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.Progress;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.gogo.ProcessInterruption;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JobsTest {
    private final ProcessInterruption process = new ProcessInterruption();
    private final Jobs jobs = new Jobs();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @BeforeEach
    void open() {
        jobs.open(news::add);
    }

    private ShellCall job(String line, ShellCall.Work work) {
        ShellCall call = new ShellCall(line, new Output(StandardCharsets.UTF_8), 0, process, false, work);
        jobs.add(call);
        return call;
    }

    /** Works until it is asked to end. */
    private static int train(Call call) {
        try (Interruption.Watch watch = call.interruption().watch()) {
            call.progress().accept(new Progress(2, 3, 12, 30, 61, 4.21, 0.1, 812.4, 0.04));
            call.out().println("begun");
            while (!watch.requested()) {
                Thread.onSpinWait();
            }
            call.out().println("stopped at epoch 1");
            return 0;
        }
    }

    private String table(int columns) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JobsCommandRun(jobs, new PrintStream(out, true, StandardCharsets.UTF_8), columns).run();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** {@code jobs nowhere}. */
    private record JobsCommandRun(Jobs jobs, PrintStream out, int columns) {
        void run() {
            JobsCommand command = new JobsCommand(jobs);
            new picocli.CommandLine(command).parseArgs("no-such-folder");
            command.run(new Call(out, out, columns, null, progress -> { }));
        }
    }

    @Test
    void aJobIsAskedToEndAndItsEndIsTold() {
        ShellCall call = job("train a.yaml", JobsTest::train);
        call.begun().join();
        assertEquals(ShellCall.State.RUNNING, call.state());
        call.interrupt();
        assertEquals(0, call.ended().join());
        assertEquals(ShellCall.State.STOPPED, call.state());
        assertEquals(List.of("job 1 stopped (train a.yaml): stopped at epoch 1"), news);
    }

    @Test
    void whatStopsOneJobDoesNotReachAnother() {
        ShellCall one = job("train a.yaml", JobsTest::train);
        ShellCall other = job("train b.yaml", JobsTest::train);
        one.begun().join();
        other.begun().join();
        one.interrupt();
        one.ended().join();
        assertEquals(ShellCall.State.RUNNING, other.state());
        assertEquals(1, jobs.running());
        jobs.end();
        assertEquals(ShellCall.State.STOPPED, other.state());
    }

    @Test
    void theEndOfTheProcessIsAskedOfAllJobs() {
        ShellCall call = job("train a.yaml", JobsTest::train);
        call.begun().join();
        assertTrue(process.getAsBoolean());
        assertEquals(0, call.ended().join());
    }

    @Test
    void aCallThatFinishesNothingIsCutOffAtItsNextLine() {
        ShellCall call = job("parity fixtures", of -> {
            while (true) {
                of.out().println("a case");
            }
        });
        call.interrupt();
        assertEquals(130, call.ended().join());
        assertEquals(ShellCall.State.STOPPED, call.state());
    }

    @Test
    void aFailedJobIsToldWithItsLastLine() throws InterruptedException {
        ShellCall call = job("train a-very-long-name-of-a-config-in-some-folder.yaml", of -> {
            of.err().println("seed 3\nno room on the disk\n");
            return 1;
        });
        call.ended().join();
        assertEquals(ShellCall.State.FAILED, call.state());
        assertEquals(List.of("job 1 failed (train a-very-long-name-of-a-config-in-so...): no room on the disk"), news);
    }

    @Test
    void jobsAreListedWithStatePositionLossSpeedAndTimeLeft() {
        job("train a.yaml", JobsTest::train).begun().join();
        ShellCall done = job("train b.yaml", call -> 0);
        done.ended().join();
        while (jobs.all().get(1).output().newest(1).isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals("""
                id  state    position   loss   images/s  ETA   command
                1   running  epoch 2/3  4.210  812       1:01  train a.yaml
                2   done                                       train b.yaml
                """, table(0));
        assertTrue(table(20).lines().allMatch(line -> line.length() <= 20));
        jobs.end();
    }

    @Test
    void anUnknownJobIsToldWithThoseThatThereAre() {
        assertEquals("no job 3: there are none", assertThrows(UsageException.class, () -> jobs.get("3")).getMessage());
        job("train b.yaml", call -> 0).ended().join();
        assertEquals("no job 3: there are [1]", assertThrows(UsageException.class, () -> jobs.get("3")).getMessage());
        assertTrue(assertThrows(UsageException.class, () -> new Jobs().get("3")).getMessage().startsWith("job 3: jobs belong to an interactive shell"));
    }

    @Test
    void aJobStopsPrintingToTheTerminalWhenItIsUnderWay() throws InterruptedException {
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        Output output = new Output(StandardCharsets.UTF_8);
        output.follow(new PrintStream(terminal, true), new PrintStream(terminal, true), 0);
        ShellCall call = new ShellCall("train", output, 0, process, false, of -> {
            of.out().println("a warning of the config");
            return train(of);
        });
        call.begun().join();
        call.interrupt();
        call.ended().join();
        assertEquals("a warning of the config" + System.lineSeparator(), terminal.toString(StandardCharsets.UTF_8));
        assertFalse(output.newest(9).isEmpty());
    }
}
