package dev.selfsup.targetgenerator.lowfreqtargetgenerator;

import dev.selfsup.engine.Graph;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Some frequencies of a Fourier transform along one side of an image, in the order in which the lowest is in the middle.
 *
 * @param size pixels of the side, S
 * @param first place of the first frequency
 * @param count number of frequencies, K
 */
record Waves(int size, int first, int count) {
    /** The frequencies within a radius of the middle of the spectrum. */
    static Waves of(int size, int radius) {
        double middle = (size - 1) / 2.0;
        int first = Math.max(0, (int) Math.ceil(middle - radius));
        int last = Math.min(size - 1, (int) Math.floor(middle + radius));
        return new Waves(size, first, last - first + 1);
    }

    private double angle(int pixel, int wave) {
        long turn = (long) pixel * (first + wave - size / 2);
        return 2 * Math.PI * Math.floorMod(turn, size) / size;
    }

    /** From pixels to waves, [S, 2 K]: the cosines, then the negative sines. */
    SDVariable forward(Graph graph) {
        float[] values = new float[size * 2 * count];
        for (int pixel = 0; pixel < size; pixel++) {
            for (int wave = 0; wave < count; wave++) {
                values[pixel * 2 * count + wave] = (float) Math.cos(angle(pixel, wave));
                values[pixel * 2 * count + count + wave] = (float) -Math.sin(angle(pixel, wave));
            }
        }
        return graph.constant(values, size, 2 * count);
    }

    /** From waves, real parts and imaginary ones, to pixels, real parts and imaginary ones, divided by the number of pixels: [2 K, 2 S]. */
    SDVariable backward(Graph graph) {
        float[] values = new float[2 * count * 2 * size];
        for (int wave = 0; wave < count; wave++) {
            for (int pixel = 0; pixel < size; pixel++) {
                float cos = (float) (Math.cos(angle(pixel, wave)) / size);
                float sin = (float) (Math.sin(angle(pixel, wave)) / size);
                values[wave * 2 * size + pixel] = cos;
                values[wave * 2 * size + size + pixel] = sin;
                values[(count + wave) * 2 * size + pixel] = -sin;
                values[(count + wave) * 2 * size + size + pixel] = cos;
            }
        }
        return graph.constant(values, 2 * count, 2 * size);
    }
}
