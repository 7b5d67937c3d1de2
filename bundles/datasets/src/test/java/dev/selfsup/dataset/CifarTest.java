package dev.selfsup.dataset;

import static dev.selfsup.dataset.StoredDatasets.knownLabels;
import static dev.selfsup.dataset.StoredDatasets.labels;
import static dev.selfsup.dataset.StoredDatasets.names;
import static dev.selfsup.dataset.StoredDatasets.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    private static final String TEST = "{type: CIFAR10, test_mode: true, data_prefix: '%s'}";

    @TempDir
    private Path folder;

    @Test
    void binaryFilesHoldALabelAndThreePlanes() throws IOException {
        for (int batch = 1; batch <= 5; batch++) {
            write("cifar-10-batches-bin/data_batch_" + batch + ".bin", record(batch, batch), record(9, 100 + batch));
        }
        write("cifar-10-batches-bin/test_batch.bin", record(4, 7));
        Dataset.Images images = open("{type: CIFAR10, test_mode: false, data_prefix: '%s'}", folder);
        assertEquals(10, images.size());
        assertEquals(List.of(1, 9, 2, 9, 3, 9, 4, 9, 5, 9), labels(images));
        assertEquals(labels(images), knownLabels(images), "without loading");
        assertEquals("airplane", images.classes().get(0));
        assertEquals("cifar-10-batches-bin/data_batch_2.bin/1", names(images, folder).get(3));
        Image image = images.load(3, SampleRandom.of(1)).image();
        assertArrayEquals(new byte[] {102, 103, 104}, Arrays.copyOf(image.data(), 3), "red, green, blue as the reference gives them");
        assertEquals(1, open(TEST, folder).size());
        Dataset.Images last = open("{type: CIFAR10, test_mode: false, data_root: '%s', data_prefix: '.', indices: -2}", folder);
        assertEquals(List.of(5, 9), labels(last));
        assertEquals(List.of(5, 9), knownLabels(last));
    }

    @Test
    void filesForPythonAreReadAsPython2WroteThem() throws IOException {
        Files.createDirectories(folder.resolve("cifar-10-batches-py"));
        Files.write(folder.resolve("cifar-10-batches-py/test_batch"), pickle(record(0, 200), record(0, 17)));
        Dataset.Images images = open(TEST, folder);
        assertEquals(List.of(3, 7), labels(images));
        assertArrayEquals(new byte[] {(byte) 200, (byte) 201, (byte) 202}, Arrays.copyOf(images.load(0, SampleRandom.of(1)).image().data(), 3));
        assertEquals(17, images.load(1, SampleRandom.of(1)).image().data()[0]);
    }

    @Test
    void filesForPythonMayBeWrittenByPython3() throws IOException {
        for (String name : List.of("train", "test")) {
            try (InputStream in = CifarTest.class.getResourceAsStream("/cifar/" + name)) {
                Files.write(folder.resolve(name), in.readAllBytes());
            }
        }
        for (boolean test : new boolean[] {false, true}) {
            Dataset.Images images = open("{type: CIFAR100, test_mode: " + test + ", data_prefix: '%s'}", folder);
            assertEquals(List.of(3, 99), labels(images));
            byte[] second = images.load(1, SampleRandom.of(1)).image().data();
            assertEquals((3072 + 1024 + 40) / 16 % 251, second[3 * 40 + 1] & 255, "green of pixel 40");
        }
        assertEquals("worm", open("{type: CIFAR100, test_mode: true, data_prefix: '%s'}", folder).classes().get(99));
    }

    @Test
    void nothingIsExecuted() throws IOException {
        Files.write(folder.resolve("test_batch"), "cos\nsystem\n(S'echo'\ntR.".getBytes(StandardCharsets.ISO_8859_1));
        String message = message(TEST);
        assertTrue(message.startsWith("data_prefix: " + folder + "/test_batch is no file of CIFAR images: its pickle names os.system"), message);
    }

    @Test
    void missingAndDamagedFilesSayWhatToDo() throws IOException {
        assertEquals("data_prefix: there is neither cifar-10-batches-py/test_batch nor cifar-10-batches-bin/test_batch.bin in " + folder
                + "; nothing is downloaded: get the archive from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it there", message(TEST));
        write("test_batch.bin", new byte[100]);
        assertEquals("data_prefix: " + folder + "/test_batch.bin is no file of CIFAR images: its 100 bytes are no whole number of records of 3073", message(TEST));
        try (RandomAccessFile large = new RandomAccessFile(folder.resolve("test_batch.bin").toFile(), "rw")) {
            large.setLength(3L << 30);
        }
        assertEquals("data_prefix: " + folder + "/test_batch.bin is no file of CIFAR images: it has 3221225472 bytes, more than the 1073741824 that such a file may have",
                message(TEST));
        write("data_batch_1.bin", record(0, 1));
        assertEquals("data_prefix: there is no file " + folder + "/data_batch_2.bin; unpack the whole archive",
                message("{type: CIFAR10, test_mode: false, data_prefix: '%s'}"));
        byte[] whole = pickle(record(0, 1));
        Files.write(folder.resolve("test_batch"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(message(TEST).startsWith("data_prefix: " + folder + "/test_batch is no file of CIFAR images: it ends at byte"), message(TEST));
        write("test_batch.bin", record(4, 7));
        Files.delete(folder.resolve("test_batch"));
        assertEquals("classes: there must be a name for every label up to 4, not only 2",
                message("{type: CIFAR10, test_mode: true, classes: [a, b], data_prefix: '%s'}"));
    }

    private String message(String yaml) {
        return assertThrows(UsageException.class, () -> open(yaml, folder)).getMessage();
    }

    private void write(String name, byte[]... records) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] record : records) {
            out.write(record);
        }
        Files.createDirectories(folder.resolve(name).getParent());
        Files.write(folder.resolve(name), out.toByteArray());
    }

    /** Red, green and blue of all pixels are value, value + 1 and value + 2. */
    private static byte[] record(int label, int value) {
        byte[] record = new byte[3073];
        for (int i = 0; i < 3072; i++) {
            record[1 + i] = (byte) (value + i / 1024);
        }
        record[0] = (byte) label;
        return record;
    }

    /** What Python 2's {@code cPickle.dump(..., protocol=2)} wrote: an array of records without labels, and the labels 3, 7. */
    private static byte[] pickle(byte[]... records) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text(out, "\u0080\u0002}q\u0001(U\u0004dataq\u0002cnumpy.core.multiarray\n_reconstruct\nq\u0003cnumpy\nndarray\nq\u0004K\u0000\u0085U\u0001b\u0087Rq\u0005(K\u0001K");
        out.write(records.length);
        text(out, "M\u0000\u000c\u0086cnumpy\ndtype\nU\u0002u1K\u0000K\u0001\u0087R(K\u0003U\u0001|NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\u0000tb\u0089T");
        int length = records.length * 3072;
        out.write(new byte[] {(byte) length, (byte) (length >> 8), (byte) (length >> 16), 0});
        for (byte[] record : records) {
            out.write(record, 1, 3072);
        }
        text(out, "tbU\u0006labelsq\u0006]q\u0007(K\u0003K\u0007eu.");
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
