/**
 * Configuration files: read with their {@code _base_} files, overridden, printed, bound to config records.
 *
 * <pre>{@code
 * Config config = Config.load(Path.of("configs/quickstart/simclr_photos.yaml"), List.of("train_dataloader.batch_size=32"));
 * RunConfig run = RunConfig.of(config, components);
 * }</pre>
 *
 * <p>Every value knows the file, line and column it was written at, and the value that it overrode.
 */
@Version("1.0.0")
package dev.selfsup.config;

import org.osgi.annotation.versioning.Version;
