package dev.selfsup.runtime.plugins;

import dev.selfsup.api.component.Components;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what a config needs as a {@code .bndrun} file: requirements that bnd resolves, and the bundles to which they resolve here. */
final class BndRun {
    private static final String DEFAULT_SCOPE = "mmselfsup";

    private BndRun() {}

    static String of(NeededBundles.Needs needs) {
        Stream<String> types = needs.types().stream().map(BndRun::type);
        Stream<String> commands = Stream.of("selfsup.shell", "selfsup.training", "selfsup.core").map(name -> "osgi.identity;filter:='(osgi.identity=" + name + ")'");
        return """
                # The framework and ND4J come from the launcher's class path: lib/boot, lib/core and a backend folder.
                -runfw: org.apache.felix.framework
                -runee: JavaSE-17
                """
                + header("-runrequires", Stream.concat(types, commands).toList())
                + header("-runbundles", needs.bundles().stream()
                        .map(bundle -> bundle.symbolicName() + ";version='[" + bundle.version() + "," + bundle.version() + "]'").toList());
    }

    /** A type of the default scope need not name its scope. */
    private static String type(Components.Id id) {
        String scope = "(scope=" + id.scope() + ")";
        return "selfsup.type;filter:='(&(kind=" + id.kind() + ")(name=" + id.name() + ")"
                + (id.scope().equals(DEFAULT_SCOPE) ? "(|" + scope + "(!(scope=*)))" : scope) + ")'";
    }

    private static String header(String name, List<String> values) {
        return name + ": " + values.stream().map(value -> "\\\n    " + value).collect(Collectors.joining(",")) + "\n";
    }
}
