package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;

/**
 * The EXIF orientation of a JPEG, PNG or TIFF file: how the stored image must be turned to stand upright.
 *
 * @param tag 1 to 8, 1 where the file does not say
 */
record Orientation(int tag) {
    private static final Orientation UPRIGHT = new Orientation(1);
    private static final int TAG = 0x0112;

    /** Reads the file's EXIF block. */
    static Orientation of(byte[] bytes) {
        if (bytes.length > 8 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G') {
            return ofPng(bytes);
        }
        if (isTiff(bytes)) {
            return ofTiff(bytes, 0, bytes.length);
        }
        for (int i = 2; Jpeg.isMarker(bytes, i); i += 2 + Jpeg.length(bytes, i)) {
            boolean exif = (bytes[i + 1] & 255) == 0xE1 && i + 10 < bytes.length && bytes[i + 4] == 'E' && bytes[i + 5] == 'x'
                    && bytes[i + 6] == 'i' && bytes[i + 7] == 'f';
            if (exif) {
                return ofTiff(bytes, i + 10, Math.min(bytes.length, i + 2 + Jpeg.length(bytes, i)));
            }
        }
        return UPRIGHT;
    }

    private static boolean isTiff(byte[] bytes) {
        return bytes.length > 8 && bytes[0] == bytes[1] && (bytes[0] == 'I' && bytes[2] == 42 || bytes[0] == 'M' && bytes[3] == 42);
    }

    private static Orientation ofPng(byte[] bytes) {
        for (int i = 8; i + 12 <= bytes.length;) {
            long length = number(bytes, i, 4, true);
            if (length < 0 || length > bytes.length - i - 12) {
                return UPRIGHT;
            }
            if (bytes[i + 4] == 'e' && bytes[i + 5] == 'X' && bytes[i + 6] == 'I' && bytes[i + 7] == 'f') {
                return ofTiff(bytes, i + 8, i + 8 + (int) length);
            }
            i += (int) length + 12;
        }
        return UPRIGHT;
    }

    /** Looks through the first directory of a TIFF structure. */
    private static Orientation ofTiff(byte[] bytes, int start, int end) {
        if (end - start < 8) {
            return UPRIGHT;
        }
        boolean big = bytes[start] == 'M';
        long directory = start + number(bytes, start + 4, 4, big);
        if (directory < start || directory + 2 > end) {
            return UPRIGHT;
        }
        long entries = number(bytes, (int) directory, 2, big);
        for (int i = 0; i < entries && directory + 14 + 12L * i <= end; i++) {
            int entry = (int) directory + 2 + 12 * i;
            if (number(bytes, entry, 2, big) == TAG) {
                int value = (int) number(bytes, entry + 8, 2, big);
                return value >= 1 && value <= 8 ? new Orientation(value) : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private static long number(byte[] bytes, int at, int size, boolean big) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | bytes[big ? at + i : at + size - 1 - i] & 255;
        }
        return value;
    }

    /** The image turned upright. */
    Image apply(Image image) {
        if (tag == 1) {
            return image;
        }
        boolean swapped = tag >= 5;
        int width = swapped ? image.height() : image.width();
        int height = swapped ? image.width() : image.height();
        Image out = Image.create(width, height, 3);
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o += 3) {
                int i = source(image, x, y);
                out.data()[o] = image.data()[i];
                out.data()[o + 1] = image.data()[i + 1];
                out.data()[o + 2] = image.data()[i + 2];
            }
        }
        return out;
    }

    /** Where the pixel at x, y of the upright image lies in the stored one. */
    private int source(Image image, int x, int y) {
        int right = image.width() - 1;
        int bottom = image.height() - 1;
        return switch (tag) {
            case 2 -> at(image, right - x, y);
            case 3 -> at(image, right - x, bottom - y);
            case 4 -> at(image, x, bottom - y);
            case 5 -> at(image, y, x);
            case 6 -> at(image, y, bottom - x);
            case 7 -> at(image, right - y, bottom - x);
            default -> at(image, right - y, x);
        };
    }

    private static int at(Image image, int x, int y) {
        return (y * image.width() + x) * 3;
    }
}
