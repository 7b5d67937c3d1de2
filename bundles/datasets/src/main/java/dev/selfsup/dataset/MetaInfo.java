package dev.selfsup.dataset;

import dev.selfsup.api.component.Default;
import java.util.List;

/**
 * The {@code metainfo} of a dataset.
 *
 * @param classes names of the classes by label
 */
public record MetaInfo(@Default("[]") List<String> classes) {}
