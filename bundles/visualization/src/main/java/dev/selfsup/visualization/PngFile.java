package dev.selfsup.visualization;

import java.awt.AWTError;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/** A picture's file, which is replaced at once: who looks at it never sees half a picture. */
record PngFile(Path path) {
    /**
     * Draws and writes.
     *
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    void write(Supplier<BufferedImage> drawing) throws IOException {
        Path unfinished = path.resolveSibling("." + path.getFileName() + ".tmp");
        try {
            BufferedImage image = drawing.get();
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                ImageIO.write(image, "png", out);
            }
            Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (RuntimeException | LinkageError | InternalError | AWTError e) {
            throw new IOException("cannot draw " + path + ": this Java cannot draw (is fontconfig installed, java.awt.headless true?): " + e, e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
