package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The interactive shell at a terminal. */
@Timeout(300)
final class ShellIT {
    private static final String LONG = "train tiny.yaml --work-dir run --cfg-options train_cfg.max_epochs=1000";

    @TempDir
    Path folder;

    private Selfsup selfsup;

    @BeforeEach
    void files() throws Exception {
        selfsup = new Selfsup(folder);
    }

    private ShellInTerminal shell() throws Exception {
        return new ShellInTerminal(folder, "xterm");
    }

    @Test
    void tabCompletesCommandsFilesOptionsAndConfigKeys() throws Exception {
        try (ShellInTerminal shell = shell()) {
            shell.type("train tin\t--work-d\t'der Lauf ü' --cfg\ttrain_cfg.m\t1\r");
            shell.await("job 1: train tiny.yaml --work-dir 'der Lauf ü' --cfg-options train_cfg.max_epochs=1 -> der Lauf ü");
            shell.await("job 1 done (train tiny.yaml --work-dir 'der Lauf ü' ...): knn: raw ");
            shell.type("inf\tResNet_\t\r");
            shell.await("ResNet_CIFAR: backbone of scope mmcls");
            shell.type("exit\r");
            assertEquals(0, shell.ended());
        }
        assertTrue(Files.exists(folder.resolve("der Lauf ü/epoch_1.json")));
    }

    @Test
    void linesAreRememberedFromShellToShell() throws Exception {
        try (ShellInTerminal shell = shell()) {
            shell.type("help parity\r");
            shell.await("Usage: selfsup parity");
            shell.await("selfsup> "); // before that, the keys are the terminal's own
            shell.type(ShellInTerminal.CTRL_D);
            assertEquals(0, shell.ended());
        }
        try (ShellInTerminal shell = shell()) {
            shell.type(ShellInTerminal.UP + "\r");
            shell.await("Usage: selfsup parity");
        }
        assertTrue(Files.readString(folder.resolve("state/selfsup/history")).contains("help parity"));
    }

    @Test
    void ctrlCLeavesAJobAndClearsALineButNeverEndsAJob() throws Exception {
        try (ShellInTerminal shell = shell()) {
            shell.type(LONG + "\r");
            shell.await("job 1: " + LONG + " -> run");
            shell.await("selfsup> ");
            shell.type("rubbish");
            shell.await("rubbish");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("selfsup> ");
            shell.type("attach 1\r");
            shell.awaitMatch("epoch \\d+/1000 \\[");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("selfsup> ");
            shell.type("jobs\r");
            shell.awaitMatch("1 +running +epoch \\d+/1000 +\\d");
            shell.type("stop 1\r");
            shell.awaitMatch("job 1 stopped \\(train .*\\): stopped at epoch \\d+, iteration \\d+; go on with --resume");
            shell.type("jobs\r");
            shell.awaitMatch("1 +stopped ");
            shell.type("exit\r");
            assertEquals(0, shell.ended());
        }
        savedWhereItStopped();
    }

    @Test
    void ctrlCInACommandEndsThisCommandAlone() throws Exception {
        plugInTheSample();
        try (ShellInTerminal shell = shell()) {
            shell.type("probe save\r");
            shell.await("started");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("saved");
            shell.await("selfsup> ");
            shell.type("probe hang\r");
            shell.await("started");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("selfsup> ");
            shell.type("probe stubborn\r");
            shell.await("started");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("asked");
            shell.type(ShellInTerminal.CTRL_C);
            shell.await("job 1: probe stubborn (left to end by itself)");
            shell.await("selfsup> ");
            shell.type("list transform\r");
            shell.await("RandomResizedCrop");
        }
    }

    @Test
    void exitWithJobsWarnsOnceAndThenSavesTheirCheckpoints() throws Exception {
        try (ShellInTerminal shell = shell()) {
            shell.type(LONG + "\r");
            shell.await("job 1: ");
            shell.until(() -> selfsup.log("run").size() > 3);
            shell.type("exit\r");
            shell.await("1 job is running ('jobs' lists them): exit again to save checkpoints and leave");
            shell.type("exit\r");
            shell.awaitMatch("job 1 stopped .*: stopped at epoch");
            assertEquals(0, shell.ended());
        }
        savedWhereItStopped();
    }

    @Test
    void aSignalThatEndsTheShellLetsJobsSaveTheirCheckpoints() throws Exception {
        for (String signal : List.of("TERM", "HUP")) {
            try (ShellInTerminal shell = shell()) {
                shell.type(LONG + "\r");
                shell.await("job 1: ");
                shell.until(() -> selfsup.log("run").size() > 3);
                shell.signal(signal);
                shell.awaitMatch("job 1 stopped .*: stopped at epoch");
                assertEquals(signal.equals("TERM") ? 143 : 129, shell.ended());
            }
            savedWhereItStopped();
        }
    }

    @Test
    void mistakesAreToldAtOnceAndOthersWhenTheJobEnds() throws Exception {
        try (ShellInTerminal shell = shell()) {
            shell.type("train none.yaml\r");
            shell.await("the config none.yaml does not exist");
            shell.type("trian tiny.yaml\r");
            shell.await("no command 'trian'. Did you mean train?");
            shell.type("train tiny.yaml --cfg-options train_dataloader.dataset.data_root=none\r");
            shell.await("job 1 failed (train tiny.yaml --cfg-options train_data...): ");
            shell.type("attach 1\r");
            shell.await("there is no folder");
            shell.type("stop 7\r");
            shell.await("no job 7: there are [1]");
            shell.type("lb\r");
            shell.await("selfsup.shell");
        }
    }

    @Test
    void aDumbTerminalGetsNoControlCharacters() throws Exception {
        try (ShellInTerminal shell = new ShellInTerminal(folder, "dumb")) {
            shell.type("list backbone\r");
            shell.await("ResNet_CIFAR");
            shell.type("exit\r");
            assertEquals(0, shell.ended());
            assertEquals(List.of(), shell.all().chars().filter(c -> c < ' ' && c != '\n' && c != '\r').boxed().toList(), shell::all);
        }
    }

    /** The sample bundle, whose command ends as it is told. */
    private void plugInTheSample() throws Exception {
        Files.copy(Path.of(System.getProperty("selfsup.sample")), Files.createDirectories(folder.resolve("deploy")).resolve("sample.jar"));
    }

    /** The newest checkpoint is that of the last iteration in the log. */
    private void savedWhereItStopped() {
        List<String> log = selfsup.log("run");
        String last = log.get(log.size() - 1).replaceFirst(".*\"iter\":(\\d+).*", "$1");
        assertTrue(selfsup.files("run", "iter_" + last + "\\.json|epoch_.*\\.json").size() > 0, last);
        assertFalse(Files.exists(folder.resolve("run/run.pid")));
    }
}
