package dev.selfsup.runtime.plugins;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The bundles of this container: a service. */
@ProviderType
public interface Plugins {
    /**
     * All bundles.
     *
     * @return deployed ones first, by name
     */
    List<Plugin> list();

    /**
     * Says what would become of jars if they were dropped into the watched folder now, all together; one that is already there is replaced. Nothing is left of it.
     *
     * @param jars the files
     * @return what they would be, in the same order
     */
    List<Plugin> check(List<Path> jars);
}
