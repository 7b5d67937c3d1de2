package dev.selfsup.transform.colorjitter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.selfsup.pixels.CvHsv;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CvHsvTest {
    private static final byte[] PIXEL = {10, (byte) 200, 77};

    /** The colours that OpenCV 4.6 gives. */
    @Test
    void coloursAreCutOffInWholeBlocksOfARowAndRoundedBehindThem() {
        for (int row = 0; row < 2; row++) {
            assertArrayEquals(new byte[] {16, 36, 77}, converted(35, 180, 35 * row));
            assertArrayEquals(new byte[] {16, 36, 77}, converted(35, 180, 35 * row + 31));
            assertArrayEquals(new byte[] {17, 37, 77}, converted(35, 180, 35 * row + 32));
            assertArrayEquals(new byte[] {17, 31, 77}, converted(35, 255, 35 * row + 34));
            assertArrayEquals(new byte[] {17, 31, 77}, converted(7, 255, 7 * row));
        }
    }

    /** A pixel of two rows of equal ones. */
    private static byte[] converted(int width, int turn, int place) {
        byte[] data = new byte[2 * width * 3];
        for (int i = 0; i < data.length; i++) {
            data[i] = PIXEL[i % 3];
        }
        CvHsv.toBgr(data, width, turn);
        return Arrays.copyOfRange(data, 3 * place, 3 * place + 3);
    }
}
