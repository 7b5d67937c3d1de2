package dev.selfsup.scaffold;

import java.nio.file.Path;
import java.util.List;

/**
 * What to type to build a plug-in, to plug it in and to train with it.
 *
 * @param from the folder in which it is typed; paths below it are relative
 * @param installation the SelfSup
 * @param project folder of the plug-in
 * @param name what the plug-in is called
 */
record Commands(Path from, Installation installation, Path project, PluginName name) {
    /** Version of a new plug-in, as in its POM. */
    static final String VERSION = "1.0.0";

    String build() {
        return "mvn -q " + (project.equals(from) ? "" : "-f " + path(project) + " ") + "package";
    }

    String deploy() {
        return "cp " + path(project.resolve("target/" + name.artifact() + "-" + VERSION + ".jar")) + " " + path(installation.deploy()) + "/";
    }

    String train() {
        String script = path(installation.root().resolve("selfsup"));
        return (script.equals("selfsup") ? "./selfsup" : script) + " train " + path(project.resolve("configs/" + name.file() + ".yaml"));
    }

    List<String> all() {
        return List.of(build(), deploy(), train());
    }

    private String path(Path path) {
        String shown = path.startsWith(from) ? from.relativize(path).toString() : path.toString();
        return shown.matches("[\\w./+=@%:,-]+") ? shown : "'" + shown.replace("'", "'\\''") + "'";
    }
}
