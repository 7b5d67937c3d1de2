package dev.selfsup.api.data;

import java.util.List;

/**
 * Mean and deviation by which pixels become numbers: {@code (pixel - mean) / std}.
 *
 * @param mean of each channel, red first, in units of 0 to 255
 * @param std likewise
 */
public record ChannelStatistics(List<Double> mean, List<Double> std) {
    public ChannelStatistics {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** The same for all channels. */
    public static ChannelStatistics of(double mean, double std) {
        return new ChannelStatistics(List.of(mean, mean, mean), List.of(std, std, std));
    }

    /** Whether two give the same numbers, but for less than a thousandth of a pixel's step. */
    public boolean agrees(ChannelStatistics other) {
        return near(mean, other.mean) && near(std, other.std);
    }

    private static boolean near(List<Double> a, List<Double> b) {
        for (int c = 0; c < 3; c++) {
            if (Math.abs(a.get(Math.min(c, a.size() - 1)) - b.get(Math.min(c, b.size() - 1))) > 1e-3) {
                return false;
            }
        }
        return true;
    }
}
