package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;
import java.util.Arrays;

/** Netpbm's black and white, grey and colour images, binary (P4, P5, P6) and text (P1, P2, P3), which ImageIO does not read. */
final class Pnm {
    private final byte[] bytes;
    private final long pixelLimit;
    private int at = 2;

    Pnm(byte[] bytes, long pixelLimit) {
        this.bytes = bytes;
        this.pixelLimit = pixelLimit;
    }

    static boolean is(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' && (bytes[2] <= ' ' || bytes[2] == '#');
    }

    /** Throws {@link IllegalArgumentException} if the file is damaged. */
    Image decode() {
        boolean color = bytes[1] == '3' || bytes[1] == '6';
        boolean binary = bytes[1] >= '4';
        boolean bits = bytes[1] == '1' || bytes[1] == '4';
        long width = number();
        long height = number();
        long most = bits ? 1 : number();
        require(width > 0 && height > 0 && most > 0 && most < 65536, "its PNM header is damaged");
        require(width * height <= pixelLimit, "it is too large: " + width + "x" + height + " pixels, more than " + pixelLimit);
        at++;
        if (bits) {
            return binary ? packed((int) width, (int) height) : digits((int) width, (int) height);
        }
        int channels = color ? 3 : 1;
        long size = width * height * channels * (most > 255 ? 2 : 1);
        require(!binary || bytes.length - at >= size, "it is cut off: the file ends before the image does");
        Image out = Image.create((int) width, (int) height, 3);
        for (int o = 0; o < out.data().length; o += 3) {
            for (int c = 0; c < channels; c++) {
                long sample = !binary ? number() : most > 255 ? bytes[at++] & 255 : (bytes[at++] & 255) * 255 / most;
                if (binary && most > 255) {
                    at++;                                                            // the lower 8 of 16 bits
                }
                out.data()[o + 2 - c] = (byte) (binary ? sample : sample * 255 / most);
            }
            if (!color) {
                out.data()[o] = out.data()[o + 2];
                out.data()[o + 1] = out.data()[o + 2];
            }
        }
        return out;
    }

    /** Eight pixels a byte, each row from a byte of its own; 1 is black. */
    private Image packed(int width, int height) {
        int stride = (width + 7) / 8;
        require(bytes.length - at >= (long) stride * height, "it is cut off: the file ends before the image does");
        Image out = Image.create(width, height, 3);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                set(out, y * width + x, bytes[at + y * stride + x / 8] >> 7 - x % 8 & 1);
            }
        }
        return out;
    }

    /** A digit a pixel, with or without space between them; 1 is black. */
    private Image digits(int width, int height) {
        Image out = Image.create(width, height, 3);
        for (int i = 0; i < width * height; i++) {
            skipSpace();
            require(at < bytes.length, "it is cut off: the file ends before the image does");
            require(bytes[at] == '0' || bytes[at] == '1', "a pixel of a black and white PNM image is neither 0 nor 1");
            set(out, i, bytes[at++] - '0');
        }
        return out;
    }

    private static void set(Image image, int pixel, int black) {
        Arrays.fill(image.data(), 3 * pixel, 3 * pixel + 3, (byte) (black == 1 ? 0 : 255));
    }

    private void skipSpace() {
        while (at < bytes.length && (bytes[at] <= ' ' || bytes[at] == '#')) {
            if (bytes[at] == '#') {
                while (at < bytes.length && bytes[at] != '\n') {
                    at++;
                }
            } else {
                at++;
            }
        }
    }

    private long number() {
        skipSpace();
        long value = 0;
        int start = at;
        for (; at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            value = Math.min(value * 10 + bytes[at] - '0', Integer.MAX_VALUE);
        }
        require(at > start, "it is cut off: the file ends before the image does");
        return value;
    }

    private static void require(boolean rule, String reason) {
        if (!rule) {
            throw new IllegalArgumentException(reason);
        }
    }
}
