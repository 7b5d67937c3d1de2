package dev.selfsup.shell.gogo;

import dev.selfsup.config.Config;
import dev.selfsup.config.Differences;
import dev.selfsup.config.Differences.Difference;
import dev.selfsup.config.Node;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** {@code config diff}: the values in which two configs differ. */
@CommandLine.Command(name = "diff", description = {
    "Compares the values of two configs after inheritance and options.",
    "'- key' is only in A, '+ key' only in B, '~ key: old -> new' in both; lists are compared by position. The status is 0 if both are equal, else 1."})
final class ConfigDiff implements Command {
    private static final int SHORT = 60;

    @CommandLine.Parameters(index = "0", paramLabel = "A", description = "YAML file")
    private Path first;

    @CommandLine.Parameters(index = "1", paramLabel = "B", description = "YAML file; may be the same one, to see what options change")
    private Path second;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "values that override B, as in train")
    private List<String> options = List.of();

    @Override
    public int run(Call call) {
        List<Difference> differences = Differences.between(Config.load(first, List.of()), Config.load(second, options));
        if (differences.isEmpty()) {
            call.out().println("equal");
            return 0;
        }
        Map<String, List<Difference>> groups = differences.stream().collect(Collectors.groupingBy(Difference::parent, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((parent, group) -> {
            call.out().println(parent.isEmpty() ? "top level" : parent);
            Rows rows = new Rows(call.columns());
            group.forEach(difference -> add(difference, rows));
            rows.print("  ", call.out());
        });
        long both = differences.stream().filter(d -> d.before().isPresent() && d.after().isPresent()).count();
        long removed = differences.stream().filter(d -> d.after().isEmpty()).count();
        call.out().println(both + " different, " + removed + " only in " + first + ", " + (differences.size() - both - removed) + " only in " + second);
        return 1;
    }

    private static void add(Difference difference, Rows rows) {
        if (difference.before().isEmpty()) {
            one("+ ", difference.key(), difference.after().orElseThrow(), rows);
        } else if (difference.after().isEmpty()) {
            one("- ", difference.key(), difference.before().get(), rows);
        } else {
            Node old = difference.before().get();
            Node now = difference.after().get();
            rows.add("~ " + difference.key() + ":", old.inline() + " -> " + now.inline(), old.origin() + " -> " + now.origin());
        }
    }

    /** A value that only one config has: in one line if it is short, else a line for each value in it. */
    private static void one(String sign, String key, Node value, Rows rows) {
        if (value.inline().length() <= SHORT) {
            rows.add(sign + key + ":", value.inline(), value.origin().toString());
        } else {
            Origins.leaves(key, value, (path, leaf) -> rows.add(sign + path + ":", leaf.inline(), leaf.origin().toString()));
        }
    }
}
