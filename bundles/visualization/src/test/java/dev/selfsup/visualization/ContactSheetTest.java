package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selfsup.api.run.UsageException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sheets of many pictures. */
final class ContactSheetTest {
    @TempDir
    private Path folder;

    private static BufferedImage picture(int width, int height) {
        return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    }

    /** A hundred of these would need 4 GB. */
    @Test
    void picturesAreKeptAsLargeAsTheyAreShown() {
        ContactSheet sheet = new ContactSheet("large");
        WeakReference<BufferedImage> given = new WeakReference<>(added(sheet, picture(4000, 2000)));
        for (int i = 0; i < 50 && given.get() != null; i++) {
            System.gc();
        }
        assertTrue(given.get() == null, "the sheet keeps the picture that it was given");
        BufferedImage drawn = sheet.draw();
        assertEquals(ContactSheet.WIDTH, drawn.getWidth());
        assertTrue(drawn.getHeight() < 200, () -> drawn.getHeight() + " pixels");
    }

    private static BufferedImage added(ContactSheet sheet, BufferedImage picture) {
        sheet.add(List.of(picture), List.of("one"));
        return picture;
    }

    @Test
    void tooManyPicturesAreRefusedInTheirOwnWords() {
        ContactSheet sheet = new ContactSheet("many");
        BufferedImage tiny = picture(1, 128);
        List<String> lines = java.util.Collections.nCopies(1000, "line");
        for (int i = 0; i < 1000; i++) {
            sheet.add(java.util.Collections.nCopies(200, tiny), lines);
        }
        UsageException refused = assertThrows(UsageException.class, () -> sheet.write(folder.resolve("sheet.png")));
        assertTrue(refused.getMessage().matches("the pictures need a sheet of 1280 x \\d+ pixels, more than 134217728: show fewer"), refused::getMessage);
    }

    @Test
    void aFullDiskIsToldAsOne() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Files.createSymbolicLink(folder.resolve(".a.png.tmp"), Path.of("/dev/full"));
        assertEquals("No space left on device", assertThrows(IOException.class, () -> new PngFile(folder.resolve("a.png")).write(() -> picture(9, 9))).getMessage());
    }

    @Test
    void onlyAFailureOfFontsIsToldAsOne() throws IOException {
        PngFile file = new PngFile(folder.resolve("a.png"));
        IllegalArgumentException other = new IllegalArgumentException("Dimensions (width=1280 and height=9000000) are too large");
        assertEquals(other, assertThrows(IllegalArgumentException.class, () -> file.write(() -> {
            throw other;
        })));
        RuntimeException fonts = new RuntimeException("Fontconfig head is null, check your fonts or fonts configuration");
        fonts.setStackTrace(new StackTraceElement[] {new StackTraceElement("sun.awt.FontConfiguration", "getVersion", "FontConfiguration.java", 1262)});
        assertTrue(assertThrows(IOException.class, () -> file.write(() -> {
            throw fonts;
        })).getMessage().startsWith("this Java cannot draw (is fontconfig installed"));
        assertTrue(assertThrows(IOException.class, () -> file.write(() -> {
            throw new InternalError("no fonts");
        })).getMessage().startsWith("this Java cannot draw"));
    }
}
