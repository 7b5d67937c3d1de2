package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of a user: status 2, and a message that says where it is and what to do, never a stack trace. */
final class BadInputIT {
    @TempDir
    static Path folder;

    private static Selfsup selfsup;

    @BeforeAll
    static void files() throws IOException {
        selfsup = new Selfsup(folder);
        String tiny = Files.readString(selfsup.path("tiny.yaml"));
        Files.writeString(selfsup.path("many.yaml"), tiny.replace("type: SimCLR", "type: SimCLRR").replace("drop_last:", "drop_lst:")
                .replace("batch_size: 8", "batch_size: eight"));
        Files.writeString(selfsup.path("broken.yaml"), "a: [1, 2\nb: }");
        Files.write(selfsup.path("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xd8, 0, (byte) 0x80, 10});
        Files.writeString(selfsup.path("one.yaml"), "_base_: two.yaml\n");
        Files.writeString(selfsup.path("two.yaml"), "_base_: one.yaml\n");
        Files.createDirectories(selfsup.path("folder.yaml"));
        Files.createDirectories(selfsup.path("empty/train"));
        Files.writeString(selfsup.path("file"), "in the way");
    }

    /** A command line and what its message says. */
    private record Mistake(String line, String... words) {
        void isTold() throws IOException, InterruptedException {
            Selfsup.Ended ended = selfsup.run(line.split(" "));
            assertTrue(ended.told(2, words), ended::toString);
        }
    }

    @TestFactory
    Stream<DynamicTest> mistakesAreToldInWords() {
        String data = "train tiny.yaml --work-dir none --cfg-options train_dataloader.";
        return Stream.of(
                new Mistake("train none.yaml", "none.yaml does not exist"),
                new Mistake("train folder.yaml", "folder.yaml is a folder"),
                new Mistake("train broken.yaml", "broken.yaml:2:", "not YAML"),
                new Mistake("train binary.yaml", "binary.yaml", "UTF-8"),
                new Mistake("train one.yaml", "two.yaml:1:", "_base_", "one.yaml -> two.yaml -> one.yaml"),
                new Mistake("train many.yaml", "many.yaml:16:", "did you mean 'SimCLR'?", "many.yaml:42:", "did you mean 'drop_last'?",
                        "many.yaml:40:", "train_dataloader.batch_size: must be a whole number"),
                new Mistake(data + "dataset.data_root=none", "data_root", "there is no folder", "none", "set data_root to your folder"),
                new Mistake(data + "dataset.data_root=empty", "data_root", "empty", "no image in"),
                new Mistake(data + "batch_size=64", "train_dataloader.batch_size", "64", "24 images", "drop_last"),
                new Mistake("train tiny.yaml --cfg-options train_cfg.max_epochs=-1", "train_cfg.max_epochs", "must be positive, not -1"),
                new Mistake("train tiny.yaml --cfg-options model.backbone.depth", "model.backbone.depth", "KEY=VALUE"),
                new Mistake(data + "batch_size=1", "model", "at least 2", "train_dataloader.batch_size"),
                new Mistake(data + "dataset.pipeline.1.num_views=1", "needs 2 views", "num_views"),
                new Mistake("train tiny.yaml --work-dir none --cfg-options model.neck.in_channels=31", "model", "[16, 32] by weights [16, 31]"),
                new Mistake("train tiny.yaml --work-dir file", "file", "choose another --work-dir"),
                new Mistake("train tiny.yaml --work-dir none --resume none.json", "none.json", "no such checkpoint", "epoch_10.json"),
                new Mistake("train tiny.yaml --seed one", "--seed", "'one'"),
                new Mistake("train tiny.yaml --sed 1", "--sed"),
                new Mistake("trian tiny.yaml", "no command 'trian'. Did you mean train?"))
                .map(mistake -> DynamicTest.dynamicTest(mistake.line(), mistake::isTold));
    }

    @Test
    void aMistakeLeavesNothingBehind() throws IOException, InterruptedException {
        new Mistake("train tiny.yaml --work-dir nothing --cfg-options train_dataloader.batch_size=64", "batch_size").isTold();
        assertFalse(Files.exists(selfsup.path("nothing")));
    }

    @Test
    void aCheckpointOfAnotherModelIsToldByItsDifferences() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("train", "tiny.yaml", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=1");
        assertTrue(ended.status() == 0, ended::toString);
        String shape = "neck.fc1.weight: [8, 16] in the checkpoint, [9, 16] in the model";
        List<Mistake> mistakes = new ArrayList<>();
        mistakes.add(new Mistake("train tiny.yaml --work-dir run --resume --cfg-options model.neck.out_channels=9", "epoch_1.json", shape));
        mistakes.add(new Mistake("train tiny.yaml --work-dir other --cfg-options load_from=run/epoch_1.json model.neck.out_channels=9", shape));
        mistakes.add(new Mistake("knn tiny.yaml run/epoch_1.json --cfg-options model.backbone.depth=34", "backbone.layer1.2.bn1.bias"));
        for (Mistake mistake : mistakes) {
            mistake.isTold();
        }
        assertTrue(Files.exists(selfsup.path("run/epoch_1.json")));
    }
}
