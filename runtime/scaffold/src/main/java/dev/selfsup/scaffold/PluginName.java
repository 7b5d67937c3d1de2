package dev.selfsup.scaffold;

import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/**
 * What a plug-in is called.
 *
 * @param type class and type name, upper camel case: {@code MyMethod}
 * @param scope scope of the type name: {@code custom}
 * @param folder Java package: {@code custom.algorithm.mymethod}
 */
record PluginName(String type, String scope, String folder) {
    private static final Pattern TYPE = Pattern.compile("[A-Z][A-Za-z0-9]*");
    private static final Pattern SCOPE = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final List<String> TAKEN = List.of("java.", "javax.", "dev.selfsup.");

    /** Checks the names; throws {@link UsageException} with rule, value and what would be right. */
    PluginName {
        if (!TYPE.matcher(type).matches()) {
            throw new UsageException("NAME must be a Java class name in upper camel case, as MyMethod, not '" + type + "'" + meant(camelCase(type), TYPE));
        }
        if (!SCOPE.matcher(scope).matches()) {
            throw new UsageException("--scope must be a word of small letters, digits and underscores, not '" + scope + "'"
                    + meant(scope.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_"), SCOPE));
        }
        if (!SourceVersion.isName(folder, SourceVersion.RELEASE_17)) {
            throw new UsageException("'" + folder + "' is no name of a Java package; give one with --package, as org.example.mymethod");
        }
        if (TAKEN.stream().anyMatch((folder + ".")::startsWith)) {
            throw new UsageException("--package " + folder + " is among the packages of Java or of SelfSup; give one of your own, as org.example.mymethod");
        }
    }

    /**
     * The name of a component in its usual package, scope.kind.type.
     *
     * @param folder another package; null for the usual one
     */
    static PluginName of(PluginKind kind, String type, String scope, String folder) {
        return new PluginName(type, scope, folder == null ? scope + "." + kind + "." + type.toLowerCase(Locale.ROOT) : folder);
    }

    /** The type's words joined by hyphens, as Maven has it: {@code my-method}. */
    String artifact() {
        return words("-");
    }

    /** The type's words joined by underscores, as configs are named: {@code my_method}. */
    String file() {
        return words("_");
    }

    private String words(String separator) {
        return WORD_END.matcher(type).replaceAll(separator).toLowerCase(Locale.ROOT);
    }

    private static String camelCase(String name) {
        return Stream.of(name.split("[ _.!-]+"))
                .filter(word -> !word.isEmpty())
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }

    private static String meant(String name, Pattern rule) {
        return rule.matcher(name).matches() ? ", did you mean '" + name + "'?" : "";
    }
}
