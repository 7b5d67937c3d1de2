package dev.selfsup.engine;

import java.util.random.RandomGenerator;

/** Normally distributed numbers that are the same on every JVM. */
final class NormalNumbers {
    private NormalNumbers() {}

    /** A number of mean 0 and deviation 1, by the polar method (Marsaglia and Bray 1964); its second number is left unused. */
    static double next(RandomGenerator random) {
        while (true) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            double square = x * x + y * y;
            if (square > 0 && square < 1) {
                return x * Math.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }

    /** A number from [low, high]: a normal one, or where those seldom fall there, one of uniform ones kept by their likelihood. */
    static double truncated(RandomGenerator random, double mean, double deviation, double low, double high) {
        boolean seldom = mean < low || mean > high || high - low < deviation;
        double likeliest = (Math.max(low, Math.min(high, mean)) - mean) / deviation;
        while (true) {
            double value = seldom ? low + (high - low) * random.nextDouble() : mean + deviation * next(random);
            double distance = (value - mean) / deviation;
            boolean kept = seldom
                    ? random.nextDouble() < StrictMath.exp((likeliest * likeliest - distance * distance) / 2)
                    : value >= low && value <= high;
            if (kept) {
                return value;
            }
        }
    }
}
