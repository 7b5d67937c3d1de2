package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;
import java.awt.image.Raster;

/**
 * What a JPEG file says of its colours: number of components and, in Adobe's marker, how they were transformed.
 *
 * @param components 0 if it is no JPEG file
 * @param adobe Adobe's transform: 0 none, 1 YCbCr, 2 YCCK; -1 without Adobe's marker
 */
record Jpeg(int components, int adobe) {
    /** Reads the markers up to the frame. */
    static Jpeg of(byte[] bytes) {
        int adobe = -1;
        for (int i = 2; isMarker(bytes, i); i += 2 + length(bytes, i)) {
            int marker = bytes[i + 1] & 255;
            if (marker == 0xEE && length(bytes, i) >= 14 && i + 15 < bytes.length && bytes[i + 4] == 'A' && bytes[i + 5] == 'd') {
                adobe = bytes[i + 15] & 255;
            }
            if (isFrame(marker)) {
                return new Jpeg(i + 9 < bytes.length ? bytes[i + 9] & 255 : 0, adobe);
            }
        }
        return new Jpeg(0, adobe);
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /** Whether a JPEG file has a marker with a length at a position. */
    static boolean isMarker(byte[] bytes, int i) {
        return i + 3 < bytes.length && (bytes[0] & 255) == 0xFF && (bytes[1] & 255) == 0xD8 && (bytes[i] & 255) == 0xFF
                && (bytes[i + 1] & 255) != 0xDA && length(bytes, i) >= 2;
    }

    /** Length of a marker's data, the two bytes of the length included. */
    static int length(byte[] bytes, int marker) {
        return (bytes[marker + 2] & 255) << 8 | bytes[marker + 3] & 255;
    }

    /** ImageIO reads grey and YCbCr; it refuses four components. */
    boolean readableByImageIo() {
        return components != 4;
    }

    /** Four components as BGR. Adobe's files hold the inks inverted, others as they are. */
    Image convert(Raster raster) {
        return new Cmyk(adobe >= 0, adobe == 2).bgr(raster);
    }
}
