package dev.selfsup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of PyTorch's, real ones and such as an attacker makes. */
final class TorchFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "before.pth.tar"})
    void bothFormatsAreReadWithViewsAndTypes(String name) {
        try (TorchFile file = TorchFile.open(Samples.resource(name))) {
            assertEquals(15, file.names().size(), file.names()::toString);
            double[] all = new double[24];
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
            }
            holds(file, "float", new long[] {4, 6}, all);
            double[] transposed = new double[24];
            for (int i = 0; i < transposed.length; i++) {
                transposed[i] = i % 4 * 6 + i / 4;
            }
            holds(file, "transposed", new long[] {6, 4}, transposed);
            holds(file, "row", new long[] {6}, 12, 13, 14, 15, 16, 17);
            holds(file, "column", new long[] {4}, 1, 7, 13, 19);
            holds(file, "window", new long[] {2, 3}, 8, 9, 10, 14, 15, 16);
            holds(file, "expanded", new long[] {3, 4}, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5);
            holds(file, "half", new long[] {2, 6}, 0, .25, .5, .75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75);
            holds(file, "bfloat", new long[] {2, 6}, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33);
            holds(file, "double", new long[] {1, 6}, 0, 1 / 3.0, 2 / 3.0, 1, 4 / 3.0, 5 / 3.0);
            holds(file, "long", new long[] {2}, -5, 1L << 40);
            holds(file, "byte", new long[] {2}, 0, 200);
            holds(file, "bool", new long[] {2}, 1, 0);
            holds(file, "scalar", new long[0], 7);
            holds(file, "empty", new long[] {0, 3});
            holds(file, "parameter", new long[] {2}, 2.5, -1);
        }
    }

    private static void holds(TorchFile file, String name, long[] shape, double... values) {
        Tensor tensor = file.tensor(name).orElseThrow();
        assertArrayEquals(shape, tensor.shape(), name);
        assertArrayEquals(values, tensor.toDoubles(), 0, name);
    }

    @Test
    void aCheckpointIsOpenedByItsContentWhateverItsName() throws IOException {
        Path renamed = Files.copy(Samples.resource("nested.pt"), folder.resolve("weights.bin"));
        try (Checkpoint checkpoint = Checkpoints.load(renamed)) {
            assertEquals(Set.of("module.w"), checkpoint.tensors().names());
            assertTrue(checkpoint.metadata().isEmpty());
        }
        Path array = Files.copy(Samples.resource("deflated.npz"), folder.resolve("weights.dat"));
        try (Checkpoint checkpoint = Checkpoints.load(array)) {
            assertTrue(checkpoint.tensors() instanceof Npz);
        }
    }

    @Test
    void aWholeModuleIsRefusedAsItIsCode() {
        refused(Samples.resource("module.pth"), "is refused: its pickle names torch.nn.modules.linear.Linear, which is no tensor and no plain data. Nothing was executed.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cos\nsystem\n", "cposix\nsystem\n", "c__builtin__\neval\n", "cbuiltins\nexec\n", "cbuiltins\ngetattr\n", "csubprocess\nPopen\n",
        "ctorch.serialization\nload\n", "ctorch.storage\n_load_from_bytes\n", "cnumpy\nload\n", "ctorch._utils\nos.system\n"})
    void functionsThatDoSomethingAreRefusedByName(String global) throws IOException {
        String call = "\u0080\u0002" + global + "X\u0009\u0000\u0000\u0000rm -rf ~/\u0085R.";
        String name = global.substring(1).strip().replace('\n', '.');
        refused(zip("archive/data.pkl", call), "is refused: its pickle names " + name + ",");
        refused(plain(call), "is refused: its pickle names " + name + ",");
    }

    @Test
    void theSameByTheNewerInstructionIsRefusedToo() throws IOException {
        refused(zip("archive/data.pkl", "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093)R."), "its pickle names os.system,");
        refused(zip("archive/data.pkl", "\u0080\u0004]\u0094a\u008c\u0006system\u0093)R."), "its pickle is damaged");
    }

    @Test
    void functionsOfOldProtocolsAreRefused() throws IOException {
        refused(Files.writeString(folder.resolve("old.pth"), "cos\nsystem\n(S'true'\ntR."), "names os.system");
        refused(Files.writeString(folder.resolve("inst.pth"), "(S'true'\nios\nsystem\n."), "has the instruction 0x53");
    }

    @Test
    void deepNestingAndBombsCostNothing() throws IOException {
        refused(zip("archive/data.pkl", "\u0080\u0002" + "]".repeat(200_000) + "a".repeat(199_999) + "."), "it has no state_dict");
        refused(zip("archive/data.pkl", "\u0080\u0002)" + "\u0085".repeat(300_000) + "."), "it has no state_dict");
        refused(zip("archive/data.pkl", "\u0080\u0002" + "]q\u0000(" + "h\u0000".repeat(50) + "e" + "2\u0086q\u0000".repeat(1000) + "."), "it has no state_dict");
        refused(zip("archive/data.pkl", "\u0080\u0002}" + ")\u0085".repeat(1) + "Ns."), "whose key is a tuple");
        refused(zip("archive/data.pkl", "\u0080\u0002X\u00ff\u00ff\u00ff\u007f"), "announces a text or array of 2147483647 bytes");
        refused(zip("archive/data.pkl", "\u0080\u0002X\u00ff\u00ff\u00ff\u0000"), "within its pickle");
        refused(zip("archive/data.pkl", "\u0080\u0002B\u00ff\u00ff\u00ff\u00ff"), "announces a text or array of 4294967295 bytes");
        refused(zip("archive/data.pkl", "\u0080\u0002\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"), "announces a text or array");
        refused(zip("archive/data.pkl", "\u0080\u0002]".concat("]".repeat(5_000_001))), "more than 5000000 lists");
    }

    /** A list, a tuple of sizes or a memo that is small in the file is copied, or kept, again and again. */
    @Test
    void whatIsCopiedOrRememberedIsLimited() throws IOException {
        String list = "\u0080\u0002]q\u0000(" + "N".repeat(1000) + "e";
        for (String copied : new String[] {"cbuiltins\nlist\n", "cbuiltins\nset\n"}) {
            refused(zip("archive/data.pkl", list + copied + "q\u0001" + "h\u0001h\u0000\u0085R0".repeat(5000) + "."), "copied elements");
        }
        String pairs = "\u0080\u0002]q\u0000(" + (text("a") + "N\u0086").repeat(1000) + "e";
        refused(zip("archive/data.pkl", pairs + "ccollections\nOrderedDict\nq\u0001" + "h\u0001h\u0000\u0085R0".repeat(5000) + "."), "copied elements");
        refused(zip("archive/data.pkl", "\u0080\u0004N" + "\u0094".repeat(5_000_001) + "."), "remembered values");
        refused(zip("archive/data.pkl", tensor("(" + "K\u0001".repeat(65) + "t", "(" + "K\u0001".repeat(65) + "t")), "a tensor has 65 dimensions");
        refused(zip("archive/data.pkl", "\u0080\u0002".concat("N0".repeat(5_000_001))), "more than 10000000 instructions");
    }

    @Test
    void aTensorThatRepeatsAFewNumbersWithoutEndIsRefused() throws IOException {
        refused(zip("archive/data.pkl", tensor("J\u0000\u0065\u00cd\u001d\u0085", "K\u0000\u0085")),
                "are 1999999996 bytes larger than their storages, whose elements they repeat; save them with .contiguous()");
    }

    private static String text(String text) {
        return "X" + (char) text.length() + "\u0000\u0000\u0000" + text;
    }

    /** A mapping with a tensor w over a storage of one number. */
    private static String tensor(String size, String stride) {
        String storage = "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + "K\u0001tQ";
        return "\u0080\u0002}" + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + "K\u0000" + size + stride + "\u0089Nt" + "Rs.";
    }

    @Test
    void cutAndSenselessPicklesAreRefused() throws IOException {
        refused(zip("archive/data.pkl", "\u0080\u0002"), "it ends at byte 2");
        refused(zip("archive/data.pkl", "\u0080\u0002."), "a value is missing");
        refused(zip("archive/data.pkl", "\u0080\u0002h\u0005."), "value 5 is used before it is made");
        refused(zip("archive/data.pkl", "\u0080\u0002t."), "a mark is missing");
        refused(zip("archive/data.pkl", "\u0080\u0002NNa."), "added to what is no list");
        refused(zip("archive/data.pkl", "\u0080\u0002N)R."), "something is called that is no function");
        refused(zip("archive/data.pkl", "\u0080\u0002NQ."), "data other than storages");
        refused(zip("archive/data.pkl", "\u0080\u0002}."), "has no tensors by name");
        refused(zip("archive/data.pkl", "\u0080\u0002}" + text("a\nb" + "c".repeat(100)) + "Ns."), "its keys are [a?b" + "c".repeat(97) + "]");
        refused(zip("other/file.npy", "no array"), "is refused: ", "cannot be read");
    }

    @Test
    void namesThatLeadOutOfTheArchiveAreRefused() throws IOException {
        for (String name : new String[] {"../../etc/passwd", "/etc/passwd", "archive/..\\evil"}) {
            refused(zip("archive/data.pkl", "\u0080\u0002}.", name), "leads out of the archive");
        }
    }

    @Test
    void anEmptyFileAndAnArchiveThatIsCutOffAreCalledThat() throws IOException {
        for (String name : new String[] {"a.pth", "a.npz", "a.json", "a.safetensors"}) {
            Path empty = Files.write(folder.resolve(name), new byte[0]);
            assertEquals(empty + ": is an empty file", assertThrows(DamagedFileException.class, () -> Checkpoints.load(empty)).getMessage());
        }
        Path cut = Files.write(folder.resolve("cut.pth"), java.util.Arrays.copyOf(Files.readAllBytes(Samples.resource("zip.pth")), 1000));
        String message = assertThrows(DamagedFileException.class, () -> Checkpoints.load(cut)).getMessage();
        assertTrue(message.startsWith(cut + ": cannot be read: it is no whole zip archive, as one that was cut off: "), message);
    }

    @Test
    void aFileThatIsCutOffIsToldWhenItsTensorsAreRead() throws IOException {
        byte[] whole = Files.readAllBytes(Samples.resource("before.pth.tar"));
        Path cut = Files.write(folder.resolve("cut.pth"), java.util.Arrays.copyOf(whole, whole.length - 40));
        try (TorchFile file = TorchFile.open(cut)) {
            DamagedFileException refused = assertThrows(DamagedFileException.class, file::tensors);
            assertTrue(refused.getMessage().matches(".*cut.pth: cannot be read: .*(is cut off|the file ends).*"), refused::getMessage);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "before.pth.tar"})
    void whateverIsDamagedIsToldInOneLine(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Samples.resource(name));
        Random random = new Random(5);
        for (int i = 0; i < 400; i++) {
            Path file = Files.write(folder.resolve("damaged.pth"), Samples.mutate(whole, random, whole.length));
            try (TorchFile open = TorchFile.open(file)) {
                open.tensors().forEach(tensor -> {
                    if (tensor.elements() < 1000) {
                        tensor.toDoubles();
                    }
                });
            } catch (dev.selfsup.api.run.UsageException e) {
                assertEquals(1, e.getMessage().lines().count(), e::getMessage);
            }
        }
    }

    private static void refused(Path file, String... anyOf) {
        DamagedFileException refused = assertThrows(DamagedFileException.class, () -> TorchFile.open(file).close());
        String message = refused.getMessage();
        assertTrue(java.util.Arrays.stream(anyOf).anyMatch(message::contains), message);
        assertTrue(message.startsWith(file.toString()) && message.lines().count() == 1, message);
        assertEquals(2, refused.status());
    }

    private Path plain(String latin) throws IOException {
        return Files.write(folder.resolve("plain.pth"), latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path zip(String name, String latin, String... others) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(latin.getBytes(StandardCharsets.ISO_8859_1));
            for (String other : others) {
                zip.putNextEntry(new ZipEntry(other));
            }
        }
        return Files.write(folder.resolve("made.pth"), bytes.toByteArray());
    }
}
