package dev.selfsup.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.transform.loadimagefromfile.LoadImageFromFile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadImageFromFileTest {
    @TempDir
    private Path folder;

    @Test
    void aColorPngIsReadExactlyInTheOrderBlueGreenRed() throws IOException {
        Image image = load(write("a.png", "png", rgb(BufferedImage.TYPE_INT_RGB, 0x010203, 0xFF8000)));
        assertArrayEquals(bytes(3, 2, 1, 0, 128, 255), image.data());
        assertEquals(2, image.width());
    }

    @Test
    void alphaIsDroppedNotBlended() throws IOException {
        assertArrayEquals(bytes(3, 2, 1, 6, 5, 4), load(write("a.png", "png", rgb(BufferedImage.TYPE_INT_ARGB, 0x00010203,
                0x80040506))).data());
    }

    @Test
    void greyIsRepeatedAsItIsStored() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {7, 200});
        assertArrayEquals(bytes(7, 7, 7, 200, 200, 200), load(write("a.png", "png", grey)).data());
        Image jpeg = load(write("a.jpg", "jpg", flat(16, 16, BufferedImage.TYPE_BYTE_GRAY, 0, 77)));
        assertEquals(77, jpeg.data()[100] & 255, 1);
        assertEquals(16 * 16 * 3, jpeg.data().length);
    }

    @Test
    void sixteenBitsLoseTheLowerEight() throws IOException {
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {0x12FF, 0xFE01});
        assertArrayEquals(bytes(0x12, 0x12, 0x12, 0xFE, 0xFE, 0xFE), load(write("a.png", "png", deep)).data());
    }

    @Test
    void aPaletteIsLookedUp() throws IOException {
        IndexColorModel model = new IndexColorModel(8, 2, new byte[] {1, 4}, new byte[] {2, 5}, new byte[] {3, 6});
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, model);
        image.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {1, 0});
        assertArrayEquals(bytes(6, 5, 4, 3, 2, 1), load(write("a.png", "png", image)).data());
        assertArrayEquals(bytes(6, 5, 4, 3, 2, 1), load(write("a.gif", "gif", image)).data());
    }

    @Test
    void oneBitAndOnePixelAreStretchedToWhite() throws IOException {
        BufferedImage bit = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY);
        bit.getRaster().setSample(0, 0, 0, 1);
        assertArrayEquals(bytes(255, 255, 255), load(write("a.png", "png", bit)).data());
        assertEquals(1, load(write("a.jpg", "jpg", flat(1, 1, BufferedImage.TYPE_3BYTE_BGR, 1, 90))).width());
    }

    @Test
    void bmpAndTiffAreRead() throws IOException {
        BufferedImage image = rgb(BufferedImage.TYPE_INT_RGB, 0x010203, 0xFF8000);
        assertArrayEquals(bytes(3, 2, 1, 0, 128, 255), load(write("a.bmp", "bmp", image)).data());
        assertArrayEquals(bytes(3, 2, 1, 0, 128, 255), load(write("a.tif", "tiff", image)).data());
    }

    @Test
    void pnmIsRead() throws IOException {
        assertArrayEquals(bytes(3, 2, 1, 6, 5, 4), load(file("a.ppm", "P6\n# note\n2 1 255\n\1\2\3\4\5\6")).data());
        assertArrayEquals(bytes(9, 9, 9), load(file("a.pgm", "P5 1 1 255\n\t")).data());
        assertArrayEquals(bytes(255, 255, 255, 0, 0, 0), load(file("b.pgm", "P2 2 1 15\n15 0\n")).data());
        assertBad("it is cut off: the file ends before the image does", file("c.ppm", "P6 2 1 255\n\1\2"));
        assertArrayEquals(bytes(255, 255, 255, 0, 0, 0, 255, 255, 255), load(file("a.pbm", "P4 3 1\n\u0050")).data());
        assertArrayEquals(bytes(0, 0, 0, 255, 255, 255, 0, 0, 0), load(file("b.pbm", "P1\n3 1\n10 # a note\n1")).data());
        assertBad("it is cut off: the file ends before the image does", file("c.pbm", "P4 3 2\n\u0050"));
        assertBad("it is cut off: the file ends before the image does", file("d.pbm", "P1 3 1\n10"));
        assertBad("a pixel of a black and white PNM image is neither 0 nor 1", file("e.pbm", "P1 3 1\n102"));
    }

    @Test
    void theOrientationOfATiffIsApplied() throws IOException {
        assertArrayEquals(bytes(3, 2, 1, 6, 5, 4), load(Files.write(folder.resolve("a.tif"), tiff(1))).data());
        assertArrayEquals(bytes(6, 5, 4, 3, 2, 1), load(Files.write(folder.resolve("b.tif"), tiff(3))).data());
        assertEquals(2, load(Files.write(folder.resolve("c.tif"), tiff(6))).height());
    }

    /** Two pixels beside each other, 1 2 3 and 4 5 6. */
    private static byte[] tiff(int orientation) {
        int[][] entries = {{256, 2}, {257, 1}, {258, 8}, {259, 1}, {262, 2}, {273, 122}, {274, orientation}, {277, 3}, {279, 6}};
        ByteBuffer out = ByteBuffer.allocate(136).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) entries.length);
        for (int[] entry : entries) {
            out.putShort((short) entry[0]).putShort((short) 3).putInt(1).putInt(entry[1]);
        }
        return out.putInt(0).position(122).put(bytes(1, 2, 3, 4, 5, 6)).array();
    }

    @Test
    void aColorJpegIsReadWithinTheLossOfItsFormat() throws IOException {
        Image image = load(write("a.jpg", "jpg", flat(16, 16, BufferedImage.TYPE_3BYTE_BGR, 2, 200)));
        assertEquals(200, image.data()[2] & 255, 3);
        assertEquals(0, image.data()[0] & 255, 3);
    }

    @Test
    void cmykOfAdobeIsInvertedInk() throws IOException {
        Path file = Files.write(folder.resolve("a.jpg"), withAdobe(fourComponents(250, 10, 10, 240), 0));
        Image image = load(file);
        assertArrayEquals(new int[] {10, 10, 235}, near(image), "red as OpenCV converts it");
    }

    @Test
    void plainCmykIsInk() throws IOException {
        Image image = load(Files.write(folder.resolve("a.jpg"), withoutAdobe(fourComponents(5, 245, 245, 15))));
        assertArrayEquals(new int[] {10, 10, 235}, near(image));
    }

    @Test
    void ycckIsConvertedToCmykFirst() throws IOException {
        byte[] cyanInk = fourComponents(76, 85, 255, 255);                           // the ink as a colour, red, in YCbCr; no black
        assertArrayEquals(new int[] {255, 255, 0}, near(load(Files.write(folder.resolve("a.jpg"), withAdobe(cyanInk, 2)))));
    }

    @Test
    void exifOrientationsAreAppliedUnlessTheConfigSaysNo() throws IOException {
        byte[] png = Files.readAllBytes(write("a.png", "png", rgb(BufferedImage.TYPE_INT_RGB, 0x010101, 0x020202)));
        int[][] expected = {{2, 1, 1, 2}, {2, 1, 2, 1}, {2, 1, 2, 1}, {2, 1, 1, 2}, {1, 2, 1, 2}, {1, 2, 1, 2}, {1, 2, 2, 1}, {1, 2, 2, 1}};
        for (int tag = 1; tag <= 8; tag++) {
            Image image = load(Files.write(folder.resolve(tag + ".png"), withExif(png, tag)));
            assertArrayEquals(expected[tag - 1], new int[] {image.width(), image.height(), image.data()[0], image.data()[3]}, "tag " + tag);
        }
        Image stored = load(folder.resolve("6.png"), "color_ignore_orientation");
        assertEquals(2, stored.width());
    }

    @Test
    void aJpegSavedSidewaysStandsUpright() throws IOException {
        byte[] jpeg = Files.readAllBytes(write("a.jpg", "jpg", flat(32, 16, BufferedImage.TYPE_3BYTE_BGR, 0, 9)));
        byte[] tiff = exif(6);
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + tiff.length + 10);
        out.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) (tiff.length + 8));
        out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff).put(jpeg, 2, jpeg.length - 2);
        Image image = load(Files.write(folder.resolve("b.jpg"), out.array()));
        assertEquals(16, image.width());
        assertEquals(32, image.height());
    }

    @Test
    void aGreyscaleImageHasOneChannel() throws IOException {
        Image grey = load(write("a.png", "png", rgb(BufferedImage.TYPE_INT_RGB, 0x0000FF, 0xFFFFFF)), "grayscale");
        assertEquals(1, grey.channels());
        assertArrayEquals(bytes(29, 255), grey.data());
    }

    @Test
    void whatIsNoImageIsBadWithAReason() throws IOException {
        assertBad("the file is empty", file("empty.jpg", ""));
        assertBad("it is not an image of a known format (JPEG, PNG, GIF, BMP, TIFF, PNM)", file("text.jpg", "hello world, no image here"));
        assertBad("there is no such file", folder.resolve("missing.jpg"));
    }

    @Test
    void truncatedFilesAreBad() throws IOException {
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR);
        SampleRandom random = SampleRandom.of(1);
        IntStream.range(0, 64 * 64).forEach(i -> noise.setRGB(i % 64, i / 64, random.nextInt()));
        for (String format : new String[] {"jpg", "png", "bmp", "gif"}) {
            byte[] whole = Files.readAllBytes(write("a." + format, format, noise));
            for (int part = 1; part < 8; part++) {
                Path cut = Files.write(folder.resolve(part + "." + format), Arrays.copyOf(whole, whole.length * part / 8));
                assertThrows(BadImageException.class, () -> load(cut), format + " cut to " + part + "/8");
            }
        }
        byte[] jpeg = Files.readAllBytes(folder.resolve("a.jpg"));
        assertBad("it is cut off: the file ends before the image does",
                Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length * 3 / 4)));
    }

    @Test
    void randomDamageNeverEndsInAnotherException() throws IOException {
        byte[] jpeg = Files.readAllBytes(write("a.jpg", "jpg", flat(40, 30, BufferedImage.TYPE_3BYTE_BGR, 1, 120)));
        byte[] png = Files.readAllBytes(write("a.png", "png", flat(40, 30, BufferedImage.TYPE_3BYTE_BGR, 1, 120)));
        SampleRandom random = SampleRandom.of(2);
        for (int i = 0; i < 400; i++) {
            byte[] damaged = (i % 2 == 0 ? jpeg : png).clone();
            for (int n = 0; n < 3; n++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged"), damaged);
            try {
                load(file);
            } catch (BadImageException e) {
                assertEquals(file, e.path());
            }
        }
    }

    @Test
    void hugeDimensionsAreBadBeforeTheyTakeMemory() throws IOException {
        byte[] png = Files.readAllBytes(write("a.png", "png", rgb(BufferedImage.TYPE_INT_RGB, 1, 2)));
        ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertBad("it is too large: 100000x100000 pixels, more than 134217728", Files.write(folder.resolve("b.png"), png));
        assertBad("it is too large: 100000x100000 pixels, more than 134217728", file("b.ppm", "P6 100000 100000 255\n"));
    }

    @Test
    void manyThreadsReadAtOnce() throws IOException {
        Path file = write("a.jpg", "jpg", flat(64, 48, BufferedImage.TYPE_3BYTE_BGR, 1, 120));
        var results = ConcurrentHashMap.<Integer>newKeySet();
        IntStream.range(0, 64).parallel().forEach(i -> results.add(Arrays.hashCode(load(file).data())));
        assertEquals(1, results.size());
    }

    private void assertBad(String reason, Path file) {
        BadImageException e = assertThrows(BadImageException.class, () -> load(file));
        assertEquals(reason, e.getMessage());
        assertEquals(file, e.path());
    }

    private static Image load(Path file) {
        return load(file, "color");
    }

    private static Image load(Path file, String colorType) {
        Sample sample = new Sample(0, file, OptionalInt.empty());
        new LoadImageFromFile(new LoadImageFromFile.Config(false, colorType, "cv2", Optional.empty(), Optional.empty(), false))
                .apply(sample, SampleRandom.of(0));
        return sample.image();
    }

    private Path file(String name, String content) throws IOException {
        return Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path write(String name, String format, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        assertTrue(ImageIO.write(image, format, file.toFile()), format);
        return file;
    }

    private static BufferedImage rgb(int type, int... colors) {
        BufferedImage image = new BufferedImage(colors.length, 1, type);
        image.setRGB(0, 0, colors.length, 1, colors, 0, colors.length);
        return image;
    }

    private static BufferedImage flat(int width, int height, int type, int band, int value) {
        BufferedImage image = new BufferedImage(width, height, type);
        int[] samples = new int[width * height];
        Arrays.fill(samples, value);
        image.getRaster().setSamples(0, 0, width, height, image.getRaster().getNumBands() == 1 ? 0 : 2 - band, samples);
        return image;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
        return bytes;
    }

    /** The first pixel, each value rounded to what JPEG keeps. */
    private static int[] near(Image image) {
        return new int[] {round(image.data()[0]), round(image.data()[1]), round(image.data()[2])};
    }

    private static int round(byte value) {
        return ((value & 255) + 2) / 5 * 5;
    }

    /** A flat JPEG of four components, stored without conversion. */
    private static byte[] fourComponents(int... values) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
        for (int band = 0; band < 4; band++) {
            int[] samples = new int[256];
            Arrays.fill(samples, values[band]);
            raster.setSamples(0, 0, 16, 16, band, samples);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] withoutAdobe(byte[] jpeg) {
        for (int i = 2; i < jpeg.length && (jpeg[i + 1] & 255) != 0xDA;) {
            int length = (jpeg[i + 2] & 255) << 8 | jpeg[i + 3] & 255;
            if ((jpeg[i + 1] & 255) == 0xEE || (jpeg[i + 1] & 255) == 0xE0) {
                byte[] rest = new byte[jpeg.length - length - 2];
                System.arraycopy(jpeg, 0, rest, 0, i);
                System.arraycopy(jpeg, i + length + 2, rest, i, rest.length - i);
                return withoutAdobe(rest);
            }
            i += length + 2;
        }
        return jpeg;
    }

    private static byte[] withAdobe(byte[] jpeg, int transform) {
        byte[] plain = withoutAdobe(jpeg);
        ByteBuffer out = ByteBuffer.allocate(plain.length + 16);
        out.put(plain, 0, 2).put(bytes(0xFF, 0xEE, 0, 14)).put("Adobe".getBytes(StandardCharsets.US_ASCII));
        out.put(bytes(0, 100, 0, 0, 0, 0, transform));
        return out.put(plain, 2, plain.length - 2).array();
    }

    private static byte[] exif(int orientation) {
        return bytes('M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0);
    }

    private static byte[] withExif(byte[] png, int orientation) {
        byte[] tiff = exif(orientation);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update("eXIf".getBytes(StandardCharsets.US_ASCII));
        crc.update(tiff);
        ByteBuffer out = ByteBuffer.allocate(png.length + tiff.length + 12);
        out.put(png, 0, 33).putInt(tiff.length).put("eXIf".getBytes(StandardCharsets.US_ASCII)).put(tiff).putInt((int) crc.getValue());
        return out.put(png, 33, png.length - 33).array();
    }
}
