package dev.selfsup.scaffold;

import java.nio.file.Path;

/**
 * Where the SelfSup lies that writes a project.
 *
 * @param root folder of the script {@code selfsup}: a checkout or an unpacked distribution
 * @param home the distribution: bundles and libraries
 * @param deploy folder watched for plug-ins
 */
record Installation(Path root, Path home, Path deploy) {
    /** What the script says in system properties. */
    static Installation ofSystemProperties() {
        String home = System.getProperty("selfsup.home");
        String root = System.getProperty("selfsup.root", home);
        String deploy = System.getProperty("selfsup.deploy", root + "/deploy");
        return new Installation(Path.of(root), Path.of(home), Path.of(deploy).toAbsolutePath().normalize());
    }

    /** Images that ship with SelfSup. */
    Path images() {
        return root.resolve("configs/quickstart/data/train");
    }

    /** Whether a project moves with this SelfSup, which it then names by relative paths. */
    boolean contains(Path project) {
        return project.startsWith(root);
    }
}
