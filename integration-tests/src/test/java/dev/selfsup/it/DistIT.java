package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A distribution, unpacked where there is neither Maven nor a home: it trains, and its server files fit it. */
final class DistIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Pattern COPIED = Pattern.compile("(?m)^COPY (.+) \\S+$");
    /** The quickstart, two iterations of it. */
    private static final List<String> SHORT = List.of("--cfg-options", "train_cfg={type: IterBasedTrainLoop, max_iters: 2, _delete_: true}",
            "param_scheduler=[]", "custom_hooks=[]");

    @TempDir
    static Path folder;

    private static Path archive;
    private static Path unpacked;
    private static Script script;

    @BeforeAll
    static void unpack() throws Exception {
        script = new Script(folder.resolve("server"));
        Selfsup.Ended ended = script.run(ROOT.resolve("selfsup"), "dist", "--out", folder.toString());
        assertEquals(0, ended.status(), ended::toString);
        archive = Path.of(ended.last().split("  ")[0]);
        assertTrue(ended.last().matches(".*/selfsup-[^/ ]+-linux-x86_64\\.tar\\.gz  \\d+ MB  SHA-256 [0-9a-f]{64}"), ended::last);
        Path to = Files.createDirectories(folder.resolve("ein Ordner für uns"));
        assertEquals(0, new ProcessBuilder("tar", "xzf", archive.toString(), "-C", to.toString()).inheritIO().start().waitFor());
        unpacked = to.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    }

    @AfterAll
    static void removeLinks() throws IOException {
        Script.removeLinks(folder);
    }

    private static Selfsup.Ended selfsup(String... arguments) throws IOException, InterruptedException {
        return script.run(unpacked.resolve("selfsup"), arguments);
    }

    @Test
    void anUnpackedDistributionTrainsAndWritesNowhereElse() throws Exception {
        Set<String> before = Script.files(unpacked);
        Path home = Files.createDirectories(folder.resolve("home"));
        Script server = new Script(folder.resolve("bare")).with("SELFSUP_JAVA_OPTS", "-Duser.home=" + home);
        Path run = folder.resolve("ein Lauf ü");
        Files.createSymbolicLink(server.path("configs"), unpacked.resolve("configs"));
        List<String> line = new ArrayList<>(List.of(unpacked.resolve("selfsup").toString(), "train", "configs/quickstart/simclr_photos.yaml",
                "--work-dir", run.toString()));
        line.addAll(SHORT);
        Selfsup.Ended ended = server.start(line).ended();
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of(), ended.err());
        assertTrue(ended.last().startsWith("iter 2/2 100%"), ended::toString);
        assertTrue(Script.names(run).containsAll(List.of("config.yaml", "epoch_1.json", "log.jsonl")), () -> Script.names(run).toString());
        assertEquals(List.of(), Script.files(unpacked).stream().filter(name -> !before.contains(name) && !name.startsWith("natives/")).toList(),
                "nothing but native libraries is unpacked");
        assertEquals(Set.of(), Script.files(server.path("tmp")));
        assertEquals(List.of(), Script.files(home).stream().filter(name -> !name.startsWith(".java/fonts")).toList(), "nothing but the JDK's list of fonts");
    }

    @Test
    void plugInsGoToTheUsersFolderWhereTheDistributionCannotBeWritten() throws Exception {
        Path deploy = unpacked.resolve("deploy");
        assertTrue(deploy.toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(deploy), "root can write everywhere");
            Path home = Files.createDirectories(folder.resolve("user-home"));
            Script user = new Script(folder.resolve("user")).with("HOME", home.toString());
            assertEquals(List.of("selfsup: " + deploy + " cannot be written; your own plug-ins go into " + home.resolve(".local/share/selfsup/deploy")),
                    user.run(unpacked.resolve("selfsup"), "list", "loop").err());
            assertEquals(List.of(), user.run(unpacked.resolve("selfsup"), "list", "loop").err(), "said once");
        } finally {
            assertTrue(deploy.toFile().setWritable(true));
        }
    }

    @Test
    void anUnpackedDistributionComputesWhatTheReferenceDid() throws Exception {
        Selfsup.Ended ended = selfsup("parity", unpacked.resolve("parity").toString());
        assertEquals("parity: 1 passed, 0 failed, 0 skipped", ended.last(), ended::toString);
    }

    @Test
    void anUnpackedDistributionWritesTheSameAgainAndOverwritesOnlyWithForce() throws Exception {
        Path there = Files.writeString(folder.resolve("there.tar.gz"), "precious");
        Selfsup.Ended refused = selfsup("dist", "--out", there.toString());
        assertTrue(refused.told(2, there + " is already there", "--force"), refused::toString);
        assertEquals("precious", Files.readString(there));
        assertEquals(0, selfsup("dist", "--force", "--out", there.toString()).status());
        assertEquals(listed(archive), listed(there));
        assertTrue(listed(there).stream().anyMatch(line -> line.endsWith("/deploy/")));
    }

    @Test
    void aSlimDistributionHoldsWhatItsConfigNeedsAndTrainsIt() throws Exception {
        Path config = unpacked.resolve("configs/quickstart/simclr_photos.yaml");
        Path slim = folder.resolve("slim.tar.gz");
        Selfsup.Ended written = selfsup("dist", "--for", config.toString(), "--out", slim.toString());
        assertEquals(0, written.status(), written::toString);
        Path to = Files.createDirectories(folder.resolve("slim"));
        assertEquals(0, new ProcessBuilder("tar", "xzf", slim.toString(), "-C", to.toString(), "--strip-components=1").inheritIO().start().waitFor());
        assertTrue(Files.exists(to.resolve("bundles/selfsup.algorithms.simclr.jar")));
        assertFalse(Files.exists(to.resolve("bundles/selfsup.optimizers.lars.jar")));
        Script server = new Script(folder.resolve("slim-server"));
        Files.createSymbolicLink(server.path("configs"), unpacked.resolve("configs"));
        List<String> line = new ArrayList<>(List.of(to.resolve("selfsup").toString(), "train", "configs/quickstart/simclr_photos.yaml", "--work-dir", "run"));
        line.addAll(List.of("--cfg-options", "train_cfg.max_epochs=1", "custom_hooks=[]")); // the loop of another kind is not packed
        Selfsup.Ended trained = server.start(line).ended();
        assertEquals(0, trained.status(), trained::toString);
    }

    @Test
    void anInterruptedDistLeavesNothing() throws Exception {
        Path out = Files.createDirectory(folder.resolve("interrupted"));
        Selfsup.Running running = script.start(List.of(unpacked.resolve("selfsup").toString(), "dist", "--out", out.toString()));
        running.until(() -> !Script.names(out).isEmpty());
        running.signal("TERM");
        Selfsup.Ended ended = running.ended();
        assertEquals(143, ended.status(), ended::toString);
        assertEquals(List.of("stopped; nothing has been written"), ended.err());
        assertEquals(List.of(), Script.names(out));
    }

    @Test
    void aFolderThatIsNotThereIsAMistake() throws Exception {
        Selfsup.Ended ended = selfsup("dist", "--out", folder.resolve("none/a.tar.gz").toString());
        assertTrue(ended.told(2, "--out: there is no folder " + folder.resolve("none")), ended::toString);
    }

    @Test
    void theDockerfileCopiesWhatADistributionHolds() throws IOException {
        List<String> copied = COPIED.matcher(Files.readString(unpacked.resolve("server/Dockerfile"))).results()
                .flatMap((MatchResult match) -> Pattern.compile(" ").splitAsStream(match.group(1))).toList();
        assertEquals(Set.copyOf(Files.readAllLines(unpacked.resolve("complete"))), copied.stream().filter(name -> !name.equals("complete")).collect(Collectors.toSet()));
        assertTrue(copied.contains("complete"));
    }

    @Test
    void theSystemdUnitIsValid() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is installed");
        Path link = Files.createSymbolicLink(Path.of("/tmp").resolve("selfsup-it-" + ProcessHandle.current().pid()), unpacked);
        try {
            Path unit = Files.createDirectories(folder.resolve("units")).resolve("selfsup@.service");
            Files.writeString(unit, Files.readString(unpacked.resolve("server/selfsup@.service")).replace("/opt/selfsup/selfsup", link + "/selfsup"));
            Process verify = new ProcessBuilder("/usr/bin/systemd-analyze", "verify", unit.resolveSibling("selfsup@mine.service").toString()).redirectErrorStream(true).start();
            assertEquals("", new String(verify.getInputStream().readAllBytes()));
            assertEquals(0, verify.waitFor());
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void aSlurmJobWhoseTimeIsUpIsQueuedAgainAndGoesOn() throws Exception {
        Selfsup data = new Selfsup(Files.createDirectories(folder.resolve("slurm")));
        Script slurm = new Script(folder.resolve("slurm")).with("SELFSUP_HOME", unpacked.toString()).with("SLURM_JOB_ID", "17")
                .tool("scontrol", "#!/bin/sh\necho \"$@\"\n");
        List<String> line = List.of("bash", unpacked.resolve("server/selfsup.sbatch").toString(), "tiny.yaml", "run");
        Selfsup.Running first = slurm.start(line);
        first.until(() -> data.log("run").stream().anyMatch(entry -> entry.contains("\"iter\":1")));
        first.signal("USR1");
        Selfsup.Ended interrupted = first.ended();
        assertEquals(0, interrupted.status(), interrupted::toString);
        assertEquals("requeue 17", interrupted.last());
        assertTrue(interrupted.out().stream().anyMatch(printed -> printed.startsWith("stopped at epoch")), interrupted::toString);
        Selfsup.Ended resumed = slurm.start(line).ended();
        assertEquals(0, resumed.status(), resumed::toString);
        assertTrue(resumed.out().stream().anyMatch(printed -> printed.startsWith("resumed from ")), resumed::toString);
        assertFalse(resumed.out().contains("requeue 17"));
    }

    @Test
    void aSlurmJobThatFailsHasTheStatusOfTheRun() throws Exception {
        Script slurm = new Script(folder.resolve("slurm-mistake")).with("SLURM_SUBMIT_DIR", unpacked.toString());
        Selfsup.Ended ended = slurm.run(Path.of("/bin/bash"), unpacked.resolve("server/selfsup.sbatch").toString(), "none.yaml", "run");
        assertTrue(ended.told(2, "none.yaml does not exist"), ended::toString);
    }

    private static Set<String> listed(Path file) throws IOException {
        Process tar = new ProcessBuilder("tar", "tzf", file.toString()).start();
        return tar.inputReader().lines().collect(Collectors.toSet());
    }
}
