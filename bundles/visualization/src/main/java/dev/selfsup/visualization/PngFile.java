package dev.selfsup.visualization;

import java.awt.AWTError;
import java.awt.HeadlessException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A picture's file, which is replaced at once: who looks at it never sees half a picture. */
record PngFile(Path path) {
    private static final String UNABLE = "this Java cannot draw (is fontconfig installed, java.awt.headless true?): ";

    /**
     * Draws and writes.
     *
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    void write(Supplier<BufferedImage> drawing) throws IOException {
        Path unfinished = path.resolveSibling("." + path.getFileName() + ".tmp");
        try {
            Files.write(unfinished, encoded(drawing.get()));
            Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (LinkageError | InternalError | AWTError | HeadlessException e) {
            throw new IOException(UNABLE + e, e);
        } catch (RuntimeException e) {
            if (Arrays.stream(e.getStackTrace()).noneMatch(frame -> frame.getClassName().matches("sun\\.(font\\.|awt\\..*Font).*"))) {
                throw e;
            }
            throw new IOException(UNABLE + e, e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** In memory, as ImageIO hides why a file cannot be written, and would write one of its own. */
    private static byte[] encoded(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        }
        return bytes.toByteArray();
    }
}
