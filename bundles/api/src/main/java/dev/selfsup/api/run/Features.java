package dev.selfsup.api.run;

/**
 * Features of images.
 *
 * @param rows [N][D]
 * @param labels class of each row, -1 for none
 */
public record Features(float[][] rows, int[] labels) {}
