package dev.selfsup.transform.loadimagefromfile;

import dev.selfsup.api.data.Image;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** The samples of a decoded image as they lie in the file, without colour management. */
final class Pixels {
    private Pixels() {}

    /** Any image as 8-bit BGR. */
    static Image bgr(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR && image.getRaster().getDataBuffer() instanceof DataBufferByte data
                && data.getData().length == image.getWidth() * image.getHeight() * 3) {
            return new Image(image.getWidth(), image.getHeight(), 3, data.getData());
        }
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return fromPalette(image.getRaster(), palette);
        }
        if (model.getColorSpace().getType() == ColorSpace.TYPE_CMYK && image.getRaster().getNumBands() == 4) {
            return new Cmyk(false, false).bgr(image.getRaster());
        }
        if (image.getRaster().getNumBands() >= 3 && packed(image)) {
            return fromInts(image);
        }
        return fromBands(image.getRaster());
    }

    /** Whether one number holds all channels of a pixel, which getRGB takes apart exactly for these types. */
    private static boolean packed(BufferedImage image) {
        return switch (image.getType()) {
            case BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_INT_BGR, BufferedImage.TYPE_USHORT_555_RGB,
                    BufferedImage.TYPE_USHORT_565_RGB -> true;
            default -> false;
        };
    }

    private static Image fromPalette(Raster raster, IndexColorModel palette) {
        int[] colors = new int[palette.getMapSize()];
        palette.getRGBs(colors);
        Image out = Image.create(raster.getWidth(), raster.getHeight(), 3);
        int[] row = new int[raster.getWidth()];
        for (int y = 0, o = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
            for (int index : row) {
                o = put(out.data(), o, index < colors.length ? colors[index] : 0);
            }
        }
        return out;
    }

    private static Image fromInts(BufferedImage image) {
        Image out = Image.create(image.getWidth(), image.getHeight(), 3);
        int[] row = new int[image.getWidth()];
        for (int y = 0, o = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int color : row) {
                o = put(out.data(), o, color);
            }
        }
        return out;
    }

    private static int put(byte[] data, int o, int rgb) {
        data[o] = (byte) rgb;
        data[o + 1] = (byte) (rgb >> 8);
        data[o + 2] = (byte) (rgb >> 16);
        return o + 3;
    }

    /** One or two bands are grey (and alpha), three or four red, green, blue (and alpha). */
    private static Image fromBands(Raster raster) {
        Image out = Image.create(raster.getWidth(), raster.getHeight(), 3);
        int bands = raster.getNumBands();
        int[] row = new int[raster.getWidth()];
        for (int channel = 0; channel < 3; channel++) {
            int band = bands < 3 ? 0 : 2 - channel;
            int bits = raster.getSampleModel().getSampleSize(band);
            boolean signed = raster.getSampleModel().getDataType() == DataBuffer.TYPE_SHORT;
            for (int y = 0, o = channel; y < raster.getHeight(); y++) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, band, row);
                for (int x = 0; x < row.length; x++, o += 3) {
                    out.data()[o] = (byte) eightBits(row[x], bits, signed);
                }
            }
        }
        return out;
    }

    /** The highest 8 bits; fewer are stretched so that the largest value becomes 255. */
    private static int eightBits(int sample, int bits, boolean signed) {
        if (bits == 8) {
            return sample;
        }
        int value = signed ? sample & 0xFFFF : sample;
        return bits > 8 ? value >>> bits - 8 : value * 255 / ((1 << bits) - 1);
    }
}
