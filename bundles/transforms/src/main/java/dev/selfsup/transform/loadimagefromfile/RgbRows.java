package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * Reads a colour JPEG in the order in which the decoder gives it, red first, and turns it round here. Into an image of ImageIO's own choice, blue first, every row
 * would be moved pixel by pixel, which takes half as long again as decoding does.
 */
final class RgbRows {
    private static final ComponentColorModel RGB = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, ComponentColorModel.OPAQUE,
            DataBuffer.TYPE_BYTE);
    private static final int[] ORDER = {0, 1, 2};
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Pixels whose bytes fill three longs. */
    private static final int PIXELS = 8;

    private RgbRows() {}

    /** The reader's image, BGR. */
    static Image read(ImageReader reader) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, width * 3, 3, ORDER, null);
        ImageReadParam param = reader.getDefaultReadParam();
        param.setDestination(new BufferedImage(RGB, raster, false, null));
        reader.read(0, param);
        byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
        reverse(data);
        return new Image(width, height, 3, data);
    }

    /** Swaps the first and the third byte of every three. */
    static void reverse(byte[] data) {
        int i = 0;
        for (; i + PIXELS * 3 <= data.length; i += PIXELS * 3) {
            long a = (long) LONG.get(data, i);                                       // r0 g0 b0 r1 g1 b1 r2 g2
            long b = (long) LONG.get(data, i + 8);                                   // b2 r3 g3 b3 r4 g4 b4 r5
            long c = (long) LONG.get(data, i + 16);                                  // g5 b5 r6 g6 b6 r7 g7 b7
            LONG.set(data, i, a & 0xFF0000FF0000FF00L | (a & 0xFF0000FFL) << 16 | a >>> 16 & 0xFF0000FFL | (b & 0xFFL) << 48);
            LONG.set(data, i + 8, b & 0x0000FF0000FF0000L | (b & 0xFF0000FF00L) << 16 | b >>> 16 & 0xFF0000FF00L | a >>> 48 & 0xFFL | (c & 0xFF00L) << 48);
            LONG.set(data, i + 16, c & 0x00FF0000FF0000FFL | (c & 0x0000FF0000FF0000L) << 16 | c >>> 16 & 0x0000FF0000FF0000L | b >>> 48 & 0xFF00L);
        }
        for (; i < data.length; i += 3) {
            byte red = data[i];
            data[i] = data[i + 2];
            data[i + 2] = red;
        }
    }
}
