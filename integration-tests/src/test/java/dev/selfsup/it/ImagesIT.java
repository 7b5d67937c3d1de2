package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder as one finds it, without classes, with images of all sorts and files that are none. */
final class ImagesIT {
    /** EXIF that says: turned by 90 degrees. */
    private static final byte[] TURNED = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0,
        0, 1, 0, 6, 0, 0, 0, 0, 0, 0};

    @TempDir
    Path folder;

    @Test
    void badFilesAreListedOnceAndWorkersDoNotMatter() throws IOException, InterruptedException {
        Selfsup selfsup = new Selfsup(folder);
        odd(selfsup, Files.createDirectory(selfsup.path("odd")));
        for (int workers : new int[] {1, 2, 4}) {
            Selfsup.Ended ended = selfsup.run("train", "tiny.yaml", "--work-dir", "run" + workers, "--cfg-options", "custom_hooks=[]",
                    "train_dataloader.dataset.data_root=odd", "train_dataloader.dataset.data_prefix=''", "train_cfg.max_epochs=2",
                    "train_dataloader.num_workers=" + workers);
            assertEquals(0, ended.status(), ended::toString);
            List<String> bad = Files.readAllLines(selfsup.path("run" + workers + "/bad_files.txt"));
            assertEquals(List.of("odd/cut.jpg: it is cut off: the file ends before the image does", "odd/empty.jpg: the file is empty",
                    "odd/text.jpg: it is not an image of a known format (JPEG, PNG, GIF, BMP, TIFF, PNM)"), List.copyOf(new TreeSet<>(bad)));
            assertEquals(3, bad.size());
            assertEquals(3, ended.out().stream().filter(line -> line.startsWith("skipped odd/")).count());
        }
        assertEquals(-1, Files.mismatch(selfsup.tensors("run1", "epoch_2"), selfsup.tensors("run2", "epoch_2")));
        assertEquals(-1, Files.mismatch(selfsup.tensors("run1", "epoch_2"), selfsup.tensors("run4", "epoch_2")));
    }

    private static void odd(Selfsup selfsup, Path odd) throws IOException {
        List<Path> good = selfsup.files("data/train/coffee", ".*").stream().toList();
        for (Path file : good) {
            Files.copy(file, odd.resolve(file.getFileName()));
        }
        byte[] jpeg = Files.readAllBytes(good.get(0));
        Files.write(odd.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length - 40));
        Files.write(odd.resolve("empty.jpg"), new byte[0]);
        Files.writeString(odd.resolve("text.jpg"), "no image", StandardCharsets.UTF_8);
        Files.write(odd.resolve("turned.jpg"), turned(jpeg));
        write(odd.resolve("grey.png"), BufferedImage.TYPE_BYTE_GRAY, 20);
        write(odd.resolve("sixteen.png"), BufferedImage.TYPE_USHORT_GRAY, 20);
        write(odd.resolve("alpha.png"), BufferedImage.TYPE_INT_ARGB, 20);
        write(odd.resolve("palette.png"), BufferedImage.TYPE_BYTE_INDEXED, 20);
        write(odd.resolve("one.png"), BufferedImage.TYPE_INT_RGB, 1);
        Files.write(odd.resolve("\u00fcn\u00efcode \u00df.jpg"), jpeg);
    }

    private static byte[] turned(byte[] jpeg) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.writeBytes(TURNED);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    private static void write(Path file, int type, int size) throws IOException {
        BufferedImage image = new BufferedImage(size, size, type);
        for (int i = 0; i < size * size; i++) {
            image.setRGB(i % size, i / size, 0xff000000 | i * 0x102050);
        }
        assertTrue(ImageIO.write(image, "png", file.toFile()));
    }
}
