package dev.selfsup.dataset;

import static dev.selfsup.dataset.StoredDatasets.knownLabels;
import static dev.selfsup.dataset.StoredDatasets.labels;
import static dev.selfsup.dataset.StoredDatasets.names;
import static dev.selfsup.dataset.StoredDatasets.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarShardsTest {
    private static final String CONFIG = "{type: WebDataset, data_root: '%s'}";

    @TempDir
    private Path folder;

    @Test
    void whatSharesANameIsASampleAndEveryImageIsReadWhereItLies() throws IOException {
        tar("b.tar", "dir/3.jpg", "third", "dir/3.cls", "2");
        tar("a.tar", "1.cls", "0\n", "1.jpg", "first", "1.json", "{}", "2.seg.png", "no image", "2.PNG", "second", "2.cls", "1");
        Dataset.Images images = open(CONFIG, folder);
        assertEquals(List.of("a.tar/1.jpg", "a.tar/2.PNG", "b.tar/dir/3.jpg"), names(images, folder));
        assertEquals(List.of(0, 1, 2), labels(images));
        assertEquals(List.of(0, 1, 2), knownLabels(images), "without loading");
        assertEquals("third", encoded(images, 2));
        assertEquals("first", encoded(images, 0));
        assertEquals(List.of("b.tar/dir/3.jpg"), names(open("{type: WebDataset, data_root: '%s', indices: -1}", folder), folder));
        assertEquals(List.of("x", "y", "z"), open("{type: WebDataset, data_root: '%s', classes: [x, y, z]}", folder).classes());
    }

    @Test
    void shardsAreNamedByNumbersInTheirOrder() throws IOException {
        tar("s-008.tar", "1.jpg", "a");
        tar("s-009.tar", "1.jpg", "b");
        tar("s-010.tar", "1.jpg", "c");
        Dataset.Images images = open("{type: WebDataset, data_root: '%s', shards: ['s-{009..010}.tar', s-008.tar]}", folder);
        assertEquals(List.of("s-009.tar/1.jpg", "s-010.tar/1.jpg", "s-008.tar/1.jpg"), names(images, folder));
        assertFalse(images.labelled());
        assertEquals(OptionalInt.empty(), images.label(0));
        assertEquals("shards: there is no file \"s-011.tar\" (looked for " + folder + "/s-011.tar); correct data_root or shards",
                message("{type: WebDataset, data_root: '%s', shards: 's-{010..011}.tar'}"));
        assertEquals("shards: there is no file \"t*\" (looked in " + folder + "); correct data_root or shards",
                message("{type: WebDataset, data_root: '%s', shards: 't*'}"));
    }

    @Test
    void longNamesOfGnuAndPaxAreRead() throws IOException {
        String name = "n".repeat(150) + ".jpg";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        member(out, "././@LongLink", 'L', name + "\0");
        member(out, name.substring(0, 100), '0', "gnu");
        String record = " path=" + name.replace('n', 'p') + "\n";
        int length = record.length() + 3;
        member(out, "PaxHeaders/x", 'x', length + record);
        member(out, name.substring(0, 100), '0', "pax");
        member(out, "folder/", '5', "");
        finish("a.tar", out);
        Dataset.Images images = open(CONFIG, folder);
        assertEquals(List.of("a.tar/" + name, "a.tar/" + name.replace('n', 'p')), names(images, folder));
        assertEquals("pax", encoded(images, 1));
    }

    @Test
    void badShardsSayWhere() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar("a.tar", "1.jpg", "first", "2.jpg", "x".repeat(2000));
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, 512 * 3 + 700));
        assertEquals("shards: " + shard + " is no whole tar archive: the header at byte 1024 says that 2000 bytes follow, but the file has only 700 more: it is cut off",
                message(CONFIG));
        whole[1030]++;
        Files.write(shard, whole);
        assertEquals("shards: " + shard + " is no whole tar archive: the header at byte 1024 has a wrong checksum", message(CONFIG));
        Files.write(shard, "no archive at all".getBytes(StandardCharsets.UTF_8));
        assertEquals("shards: " + shard + " is no whole tar archive: the header at byte 0 is not there whole: the file ends within a header", message(CONFIG));
        tar("a.tar", "1.txt", "text");
        assertEquals("shards: there is no image in " + shard + " (files that end in .jpg, .jpeg, .png, .ppm, .pgm, .bmp, .tif); correct image_keys, or leave the shard "
                + "out", message(CONFIG));
        tar("a.tar", "1.jpg", "x", "1.cls", "cat");
        assertEquals("shards: 1.cls in " + shard + " must hold a label, a whole number from 0 on, not cat", message(CONFIG));
        tar("a.tar", "1.jpg", "x", "1.cls", "3", "2.jpg", "x");
        assertEquals("shards: all images must have a label, a file .cls, or none; there is none for 2.jpg in " + shard, message(CONFIG));
        tar("a.tar", "1.jpg", "x", "1.cls", "3");
        assertEquals("classes: there must be a name for every label up to 3, not only 1", message("{type: WebDataset, data_root: '%s', classes: [a]}"));
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            for (int i = 0; i < 4000; i++) {
                out.write(i * 7919 >> 3 ^ i * i);
            }
        }
        Files.write(shard, Arrays.copyOf(zipped.toByteArray(), 2048));
        assertEquals("shards: " + shard + " is no whole tar archive: the header at byte 0 is that of gzip: unpack the shard with gunzip, as images are read out of order",
                message(CONFIG));
    }

    @Test
    void aShardThatBecameShorterMakesItsImagesBad() throws IOException {
        tar("a.tar", "1.jpg", "x".repeat(3000));
        Dataset.Images images = open(CONFIG, folder);
        Files.write(folder.resolve("a.tar"), new byte[600]);
        assertThrows(IOException.class, () -> images.load(0, SampleRandom.of(0)).encoded());
    }

    /** The file has a hole where the image is: it takes no room. */
    @Test
    void anImageOfGigabytesIsBad() throws IOException {
        long size = 5L << 29;
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header(header, "1.jpg", '0', size);
        Path shard = Files.write(folder.resolve("a.tar"), header.toByteArray());
        try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.setLength(512 + size + 1024);
        }
        Dataset.Images images = open(CONFIG, folder);
        assertEquals("it has 2684354560 bytes, more than the 1073741824 that an image may have",
                assertThrows(IOException.class, () -> images.load(0, SampleRandom.of(0)).encoded()).getMessage());
    }

    private String message(String yaml) {
        return assertThrows(UsageException.class, () -> open(yaml, folder)).getMessage();
    }

    private static String encoded(Dataset.Images images, int index) throws IOException {
        return new String(images.load(index, SampleRandom.of(0)).encoded(), StandardCharsets.UTF_8);
    }

    private void tar(String name, String... namesAndContents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            member(out, namesAndContents[i], '0', namesAndContents[i + 1]);
        }
        finish(name, out);
    }

    private void finish(String name, ByteArrayOutputStream out) throws IOException {
        out.write(new byte[1024]);
        Files.write(folder.resolve(name), out.toByteArray());
    }

    private static void member(ByteArrayOutputStream out, String name, char kind, String content) throws IOException {
        byte[] data = content.getBytes(StandardCharsets.UTF_8);
        header(out, name, kind, data.length);
        out.write(data);
        out.write(new byte[(512 - data.length % 512) % 512]);
    }

    private static void header(ByteArrayOutputStream out, String name, char kind, long size) throws IOException {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 124, String.format("%011o", size));
        header[156] = (byte) kind;
        put(header, 257, "ustar");
        put(header, 148, "        ");
        int sum = 0;
        for (byte value : header) {
            sum += value & 255;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        out.write(header);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
