package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;

/** Netpbm's grey and colour images, binary (P5, P6) and text (P2, P3), which ImageIO does not read. */
final class Pnm {
    private final byte[] bytes;
    private final long pixelLimit;
    private int at = 2;

    Pnm(byte[] bytes, long pixelLimit) {
        this.bytes = bytes;
        this.pixelLimit = pixelLimit;
    }

    static boolean is(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 'P' && (bytes[1] == '2' || bytes[1] == '3' || bytes[1] == '5' || bytes[1] == '6');
    }

    /** Throws {@link IllegalArgumentException} if the file is damaged. */
    Image decode() {
        boolean color = bytes[1] == '3' || bytes[1] == '6';
        boolean binary = bytes[1] >= '5';
        long width = number();
        long height = number();
        long most = number();
        require(width > 0 && height > 0 && most > 0 && most < 65536, "its PNM header is damaged");
        require(width * height <= pixelLimit, "it is too large: " + width + "x" + height + " pixels, more than " + pixelLimit);
        at++;
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

    private long number() {
        while (at < bytes.length && (bytes[at] <= ' ' || bytes[at] == '#')) {
            if (bytes[at] == '#') {
                while (at < bytes.length && bytes[at] != '\n') {
                    at++;
                }
            } else {
                at++;
            }
        }
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
