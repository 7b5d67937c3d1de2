package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/** Decodes the bytes of one image file with ImageIO, and what ImageIO cannot read (CMYK, PNM) by hand. */
final class Decoder {
    /** Most pixels of an image; more is taken for an attack or a mistake. */
    static final long PIXEL_LIMIT = 1L << 27;

    private final Path path;
    private final byte[] bytes;

    Decoder(Path path, byte[] bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    /**
     * Decodes.
     *
     * @param upright whether the EXIF orientation is applied
     * @return three channels, BGR
     * @throws BadImageException if that is not possible
     */
    Image decode(boolean upright) {
        if (bytes.length == 0) {
            throw bad("the file is empty");
        }
        Image image = Pnm.is(bytes) ? pnm() : imageIo();
        return upright ? Orientation.of(bytes).apply(image) : image;
    }

    private Image pnm() {
        try {
            return new Pnm(bytes, PIXEL_LIMIT).decode();
        } catch (IllegalArgumentException e) {
            throw bad(e.getMessage());
        }
    }

    private Image imageIo() {
        try (ImageInputStream stream = new ByteStream(bytes)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw bad("it is not an image of a known format (JPEG, PNG, GIF, BMP, TIFF, PNM)");
            }
            ImageReader reader = readers.next();
            try {
                return read(reader, stream);
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw bad("it cannot be decoded: " + reason(e));
        } catch (OutOfMemoryError e) {
            throw bad("it does not fit into memory");
        } catch (BadImageException e) {
            throw e;
        } catch (RuntimeException e) {                                               // ImageIO's readers throw many kinds on damaged data
            throw bad("it cannot be decoded: " + reason(e));
        }
    }

    private Image read(ImageReader reader, ImageInputStream stream) throws IOException {
        Truncation truncation = new Truncation();
        reader.addIIOReadWarningListener(truncation);
        reader.setInput(stream, true, true);
        limit(reader.getWidth(0), reader.getHeight(0));
        Jpeg jpeg = Jpeg.of(bytes);
        Image image = jpeg.readableByImageIo() ? read(reader) : jpeg.convert(reader.readRaster(0, null));
        if (truncation.found) {
            throw bad("it is cut off: the file ends before the image does");
        }
        return image;
    }

    private static Image read(ImageReader reader) throws IOException {
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        boolean bgr = types.hasNext() && types.next().getBufferedImageType() == BufferedImage.TYPE_3BYTE_BGR;
        return bgr && reader.getFormatName().equalsIgnoreCase("jpeg") ? RgbRows.read(reader) : Pixels.bgr(reader.read(0));
    }

    private void limit(int width, int height) {
        if ((long) width * height > PIXEL_LIMIT) {
            throw bad("it is too large: " + width + "x" + height + " pixels, more than " + PIXEL_LIMIT);
        }
    }

    private BadImageException bad(String reason) {
        return new BadImageException(path, reason);
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        for (Throwable cause = e.getCause(); cause != null && (message == null || message.isBlank()); cause = cause.getCause()) {
            message = cause.getMessage();
        }
        return message == null || message.isBlank() ? "damaged data (" + e.getClass().getSimpleName() + ")"
                : message.lines().findFirst().orElse("");
    }

    /** libjpeg fills what is missing of a file with grey and only warns. */
    private static final class Truncation implements IIOReadWarningListener {
        private boolean found;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            found |= warning.contains("Premature end") || warning.contains("premature end");
        }
    }
}
