package dev.selfsup.shell.gogo;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.Declaration;
import dev.selfsup.config.Node;
import dev.selfsup.config.Origin;
import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import dev.selfsup.shell.Call;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** What is to be said about one path of a config: its value, where that comes from, what it overrode, what the key means. */
final class Explanation {
    private static final String MARGIN = "  ";
    private static final int WIDTH_WITHOUT_TERMINAL = 100;

    private final Config config;
    private final String path;
    private final Declaration declaration;
    private final List<ComponentDescription> descriptions;

    Explanation(Config config, String path, Components components, List<ComponentDescription> descriptions) {
        this.config = config;
        this.path = path;
        this.declaration = config.declaration(path, components);
        this.descriptions = descriptions;
    }

    /**
     * Prints it.
     *
     * @throws UsageException if there is no such key
     */
    void print(Call call) {
        List<Node.Entry> history = config.history(path);
        Optional<Node> value = config.find(path);
        if (value.isPresent()) {
            written(value.get(), history, call);
        } else {
            notWritten(history, call.out());
        }
        meaning(call);
        if (value.isPresent() && !Origins.isLeaf(value.get())) {
            call.out().println();
            Origins.print(value.get(), MARGIN, call);
        }
    }

    private void written(Node value, List<Node.Entry> history, Call call) {
        call.out().println(path + ": " + (Origins.isLeaf(value) ? value.inline() : value.describe()));
        call.out().println(MARGIN + "written at  " + value.origin());
        Origins.taker(history.get(0)).ifPresent(taker -> call.out().println(MARGIN + "put here by the alias, << or {{_base_}} at " + taker));
        Rows rows = new Rows(call.columns());
        for (Node.Entry old : history.subList(1, history.size())) {
            rows.add(merged(value, old.value()) ? "merged with" : "overrides", Origins.brief(old.value()), old.value().origin().toString());
        }
        rows.print(MARGIN, call.out());
    }

    private static boolean merged(Node value, Node old) {
        return value instanceof Node.Mapping now && old instanceof Node.Mapping before && now.entries().keySet().containsAll(before.entries().keySet());
    }

    private void notWritten(List<Node.Entry> history, PrintStream out) {
        boolean unknown = declaration.status() == Declaration.Status.UNKNOWN || declaration.status() == Declaration.Status.FREE;
        if (history.isEmpty() && unknown) {
            throw new UsageException(unknown());
        }
        String missing = declaration.status() == Declaration.Status.REQUIRED ? "missing; it must be given" : "not set, and may be left out";
        out.println(path + ": " + (unknown ? "not set" : declaration.value().map(Node::inline).orElse(missing)));
        declaration.value().map(Node::origin).filter(origin -> !unknown).ifPresent(origin -> out.println(MARGIN + source(origin)));
        if (!history.isEmpty()) {
            history.forEach(old -> out.println(MARGIN + "dropped: " + Origins.brief(old.value()) + " of " + old.value().origin()));
            out.println(MARGIN + "as " + replacedAround());
        }
    }

    private String source(Origin origin) {
        if (origin.line() > 0 && !origin.source().endsWith("(default)")) {
            return "not written; follows from " + origin;
        }
        return "not written; the default" + declaration.owner().map(owner -> " of " + owner.name()).orElse("");
    }

    /** The mapping or list with which the value was replaced. */
    private String replacedAround() {
        String around = path;
        while (around.contains(".")) {
            around = around.substring(0, around.lastIndexOf('.'));
            Optional<Node> node = config.find(around);
            if (node.isPresent()) {
                return around + " was replaced as a whole at " + node.get().origin();
            }
        }
        return "it was replaced";
    }

    private String unknown() {
        String owner = declaration.owner().map(id -> " of " + id.name()).orElse("");
        if (declaration.status() == Declaration.Status.FREE) {
            return path + ": not in the config, and nothing is known of keys there" + owner;
        }
        String near = declaration.near().isEmpty() ? "; it has no keys"
                : declaration.guess() ? ", did you mean '" + String.join("' or '", declaration.near()) + "'?"
                : "; its keys are " + String.join(", ", declaration.near());
        return path + ": unknown key" + owner + near;
    }

    private void meaning(Call call) {
        PrintStream out = call.out();
        switch (declaration.status()) {
            case IGNORED -> out.println(MARGIN + "accepted as in the reference; it means nothing here");
            case UNKNOWN -> out.println(MARGIN + "but: " + unknown());
            case OPTIONAL, REQUIRED -> documentation(out, call.columns() > 0 ? call.columns() : WIDTH_WITHOUT_TERMINAL);
            case FREE -> { }
        }
    }

    private void documentation(PrintStream out, int width) {
        Optional<Components.Id> owner = declaration.owner();
        boolean type = path.equals("type") || path.endsWith(".type");
        if (type && declaration.value().orElse(null) instanceof Node.Scalar name) {
            out.println(MARGIN + "names a component; 'selfsup info " + name.text() + "' explains it");
            return;
        }
        if (owner.isEmpty()) {
            out.println(MARGIN + "a key of the run; docs/config-language.md explains configs");
            return;
        }
        String info = "'selfsup info " + owner.get().scope() + "." + owner.get().name() + "' explains its keys";
        Optional<ConfigKey> key = descriptions.stream().filter(d -> owner.get().equals(new Components.Id(d.kind(), d.scope(), d.type()))).findFirst()
                .flatMap(d -> key(d.keys()));
        if (key.isEmpty()) {
            out.println(MARGIN + "a key of " + owner.get().name() + " (" + owner.get().kind() + "); " + info);
            return;
        }
        String given = key.get().required() ? "required" : key.get().byDefault().map(value -> "default " + value).orElse("optional");
        out.println(MARGIN + "a key of " + owner.get().name() + " (" + owner.get().kind() + "): " + key.get().type() + ", " + given);
        key.get().doc().lines().flatMap(line -> Wrapped.lines(line, width - 6)).forEach(line -> out.println("      " + line));
        out.println(MARGIN + info);
    }

    /** The description of the key, or nothing where it lies in a value that has no description of its own. */
    private Optional<ConfigKey> key(List<ConfigKey> keys) {
        Optional<ConfigKey> found = Optional.empty();
        List<ConfigKey> level = keys;
        for (String part : declaration.key().split("\\.")) {
            if (part.matches("[0-9]+")) {
                continue;
            }
            found = level.stream().filter(key -> key.name().equals(part)).findFirst();
            if (found.isEmpty()) {
                return found;
            }
            level = found.get().keys();
        }
        return found;
    }
}
