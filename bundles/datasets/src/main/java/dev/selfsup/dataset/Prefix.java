package dev.selfsup.dataset;

import dev.selfsup.api.component.Default;

/**
 * The {@code data_prefix} of a dataset.
 *
 * @param imgPath folder of the images, relative to {@code data_root} unless absolute
 */
public record Prefix(@Default("''") String imgPath) {}
