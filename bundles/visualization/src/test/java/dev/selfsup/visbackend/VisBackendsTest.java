package dev.selfsup.visbackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.VisBackend;
import dev.selfsup.visbackend.localvisbackend.LocalVisBackend;
import dev.selfsup.visbackend.tensorboardvisbackend.TensorboardVisBackend;
import dev.selfsup.visualizer.selfsupvisualizer.SelfSupVisualizer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisBackendsTest {
    private static final InstantSource CLOCK = () -> java.time.Instant.ofEpochMilli(1_700_000_000_500L);

    @TempDir
    private Path folder;

    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0x102030);
        return image;
    }

    private static Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("loss", 0.25);
        figures.put("lr", Double.NaN);
        return figures;
    }

    private static void use(VisBackend backend, Path workDir) {
        backend.open(workDir);
        backend.addConfig("a: 1\nb: 2\n");
        backend.addScalars(figures(), 7);
        backend.addImage("views/1", picture(), 300);
        backend.close();
    }

    private static LocalVisBackend local() {
        return new LocalVisBackend(new LocalVisBackend.Config(Optional.empty(), "vis_image", "config.yaml", "scalars.json"));
    }

    private static TensorboardVisBackend tensorboard() {
        return new TensorboardVisBackend(new TensorboardVisBackend.Config(Optional.empty()), CLOCK);
    }

    private List<Path> eventFiles() throws IOException {
        try (var files = Files.list(folder.resolve("vis_data"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("events.out.tfevents.1700000000.")).sorted().toList();
        }
    }

    @Test
    void theLocalBackendKeepsFiguresConfigAndPictures() throws IOException {
        use(local(), folder);
        use(local(), folder);
        Path data = folder.resolve("vis_data");
        String line = "{\"loss\":0.25,\"lr\":\"NaN\",\"step\":7}\n";
        assertEquals(line + line, Files.readString(data.resolve("scalars.json")));
        assertEquals("a: 1\nb: 2\n", Files.readString(data.resolve("config.yaml")));
        assertEquals(0x102030, ImageIO.read(data.resolve("vis_image/views_1_300.png").toFile()).getRGB(2, 1) & 0xffffff);
    }

    @Test
    void filesOfTheLocalBackendHaveTheirSuffixes() {
        assertEquals("config_save_file must end in .yaml, not config.py", assertThrows(IllegalArgumentException.class,
                () -> new LocalVisBackend.Config(Optional.empty(), "i", "config.py", "s.json")).getMessage());
        assertEquals("scalar_save_file must end in .json, not s.txt", assertThrows(IllegalArgumentException.class,
                () -> new LocalVisBackend.Config(Optional.empty(), "i", "c.yaml", "s.txt")).getMessage());
    }

    @Test
    void tensorboardEventsFollowTheFormat() throws IOException {
        use(tensorboard(), folder);
        List<Message> events = Records.read(Files.readAllBytes(eventFiles().get(0)));
        assertEquals(4, events.size());
        for (Message event : events) {
            assertEquals(1_700_000_000.5, ByteBuffer.wrap(event.bytes(1)).order(ByteOrder.LITTLE_ENDIAN).getDouble());
        }
        assertEquals("brain.Event:2", events.get(0).text(3));

        Message config = events.get(1).message(5).message(1);
        assertEquals("config/text_summary", config.text(1));
        assertEquals("text", config.message(9).message(1).text(1));
        assertEquals(7, config.message(8).number(1));
        assertEquals(1, config.message(8).message(2).message(2).number(1));
        assertEquals("    a: 1\n    b: 2\n", config.message(8).text(8));

        assertEquals(7, events.get(2).number(2));
        List<byte[]> values = events.get(2).message(5).fields.get(1);
        assertEquals("loss", Message.of(values.get(0)).text(1));
        assertEquals(0.25f, ByteBuffer.wrap(Message.of(values.get(0)).bytes(2)).order(ByteOrder.LITTLE_ENDIAN).getFloat());
        assertEquals("lr", Message.of(values.get(1)).text(1));

        assertEquals(300, events.get(3).number(2));
        Message image = events.get(3).message(5).message(1);
        assertEquals("views/1", image.text(1));
        assertEquals(List.of(2L, 3L, 3L), List.of(image.message(4).number(1), image.message(4).number(2), image.message(4).number(3)));
        assertEquals(0x102030, ImageIO.read(new ByteArrayInputStream(image.message(4).bytes(4))).getRGB(2, 1) & 0xffffff);
    }

    @Test
    void aResumedRunBeginsAnotherEventFileAndOpenFilesAreReadable() throws IOException {
        use(tensorboard(), folder);
        byte[] first = Files.readAllBytes(eventFiles().get(0));
        TensorboardVisBackend open = tensorboard();
        open.open(folder);
        open.addScalars(figures(), 8);
        assertEquals(2, eventFiles().size());
        assertArrayEquals(first, Files.readAllBytes(eventFiles().get(0)));
        assertEquals(8, Records.read(Files.readAllBytes(eventFiles().get(1))).get(1).number(2));
        open.close();
    }

    @Test
    void theVisualizerShowsARunAtAllItsBackends() throws IOException {
        use(new SelfSupVisualizer(new SelfSupVisualizer.Config("visualizer", List.of(local(), tensorboard()), Optional.empty())), folder);
        assertTrue(Files.exists(folder.resolve("vis_data/scalars.json")));
        assertEquals(1, eventFiles().size());
    }

    @Test
    void allBackendsAreClosedEvenIfOneFails() {
        List<String> closed = new ArrayList<>();
        SelfSupVisualizer visualizer = new SelfSupVisualizer(new SelfSupVisualizer.Config("visualizer",
                List.of(failing("a", closed), failing("b", closed)), Optional.empty()));
        assertEquals("a", assertThrows(IllegalStateException.class, visualizer::close).getMessage());
        assertEquals(List.of("a", "b"), closed);
    }

    private static VisBackend failing(String name, List<String> closed) {
        return new VisBackend() {
            @Override
            public void open(Path workDir) {}

            @Override
            public void addConfig(String yaml) {}

            @Override
            public void addScalars(Map<String, Double> values, int iteration) {}

            @Override
            public void addImage(String what, BufferedImage image, int iteration) {}

            @Override
            public void close() {
                closed.add(name);
                throw new IllegalStateException(name);
            }
        };
    }

    /** A protocol buffer message taken apart: raw bytes of every field, varints as eight bytes. */
    private record Message(Map<Integer, List<byte[]>> fields) {
        static Message of(byte[] bytes) {
            Map<Integer, List<byte[]>> fields = new LinkedHashMap<>();
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                long key = varint(in);
                byte[] value = switch ((int) (key & 7)) {
                    case 0 -> ByteBuffer.allocate(8).putLong(varint(in)).array();
                    case 1 -> new byte[8];
                    case 2 -> new byte[(int) varint(in)];
                    case 5 -> new byte[4];
                    default -> throw new AssertionError("wire type of key " + key);
                };
                if ((key & 7) != 0) {
                    in.get(value);
                }
                fields.computeIfAbsent((int) (key >>> 3), f -> new ArrayList<>()).add(value);
            }
            return new Message(fields);
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = in.get();
                value |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }

        byte[] bytes(int field) {
            return fields.get(field).get(0);
        }

        Message message(int field) {
            return of(bytes(field));
        }

        long number(int field) {
            return ByteBuffer.wrap(bytes(field)).getLong();
        }

        String text(int field) {
            return new String(bytes(field), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** TFRecords taken apart; their checksums are computed bit by bit from the polynomial of CRC-32C. */
    private static final class Records {
        static List<Message> read(byte[] file) {
            List<Message> records = new ArrayList<>();
            ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                byte[] length = Arrays.copyOfRange(file, in.position(), in.position() + 8);
                byte[] data = new byte[(int) in.getLong()];
                assertEquals(masked(length), in.getInt() & 0xffffffffL);
                in.get(data);
                assertEquals(masked(data), in.getInt() & 0xffffffffL);
                records.add(Message.of(data));
            }
            return records;
        }

        private static long masked(byte[] bytes) {
            long crc = 0xffffffffL;
            for (byte b : bytes) {
                crc ^= b & 0xff;
                for (int bit = 0; bit < 8; bit++) {
                    crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78L : crc >>> 1;
                }
            }
            crc ^= 0xffffffffL;
            return ((crc >>> 15 | crc << 17 & 0xffffffffL) + 0xa282ead8L) & 0xffffffffL;
        }
    }
}
