package dev.selfsup.shell.gogo;

import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Bundles as a table, a group of lines for each place that they came from. */
final class PluginTable {
    private static final Map<Plugin.Origin, String> TITLES = Map.of(Plugin.Origin.DEPLOYED, "plug-ins, from the watched folder",
            Plugin.Origin.DISTRIBUTION, "SelfSup", Plugin.Origin.LIBRARY, "libraries");
    private static final int WIDTH = 100;
    private static final int LEAST_WIDTH = 60;
    private static final int STATE = "not usable".length() + 2;

    private final PrintStream out;
    private final int width;

    /**
     * A table.
     *
     * @param out where it is printed
     * @param columns width of the terminal, 0 if there is none
     */
    PluginTable(PrintStream out, int columns) {
        this.out = out;
        this.width = Math.max(LEAST_WIDTH, columns == 0 ? WIDTH : columns);
    }

    void print(List<Plugin> plugins) {
        int name = column(plugins.stream().map(Plugin::name).toList());
        int version = column(plugins.stream().map(Plugin::version).toList());
        Map<Plugin.Origin, List<Plugin>> groups = plugins.stream().collect(Collectors.groupingBy(Plugin::origin, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((origin, group) -> {
            out.println(TITLES.get(origin));
            group.forEach(plugin -> print(plugin, name, version));
        });
    }

    private static int column(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0) + 2;
    }

    private void print(Plugin plugin, int name, int version) {
        String row = "  " + pad(plugin.name(), name) + pad(plugin.version(), version) + pad(plugin.state().toString(), STATE);
        List<String> details = new ArrayList<>();
        plugin.problem().ifPresent(details::add);
        if (!plugin.offers().isEmpty()) {
            details.add((plugin.problem().isPresent() ? "would add " : "") + plugin.offers().stream().map(Offer::toString).collect(Collectors.joining(", ")));
        }
        if (details.size() == 1 && row.length() + details.get(0).length() <= width) {
            row += details.remove(0);
        }
        out.println(row.stripTrailing());
        details.stream().flatMap(detail -> Wrapped.lines(detail, width - 6)).forEach(line -> out.println("      " + line));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
