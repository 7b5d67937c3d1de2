package dev.selfsup.launcher;

import java.nio.file.Path;

/**
 * Where the parts of a distribution lie.
 *
 * @param home the distribution
 * @param deploy folder watched for bundles
 * @param backend folder of the backend on the class path
 */
record Layout(Path home, Path deploy, Path backend) {
    /** The layout that the script says in system properties. */
    static Layout ofSystemProperties() {
        Path home = Path.of(System.getProperty("selfsup.home"));
        return new Layout(home, Path.of(System.getProperty("selfsup.deploy")),
                home.resolve("lib").resolve("backend-" + System.getProperty("selfsup.backend", "cpu")));
    }

    Path system() {
        return home.resolve("system");
    }

    Path bundles() {
        return home.resolve("bundles");
    }

    Path core() {
        return home.resolve("lib").resolve("core");
    }
}
