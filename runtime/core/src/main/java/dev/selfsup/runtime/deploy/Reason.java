package dev.selfsup.runtime.deploy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The leaf cause of a failure in one line of plain words. */
final class Reason {
    private static final String CAUSE = "Caused by: ";
    private static final Pattern FAILURE = Pattern.compile("(?s)(?:[\\w$]+\\.)*([\\w$]+)(?:: (.*))?");
    private static final Pattern CLASS = Pattern.compile("(?:Could not initialize class )?\\[*L?([\\w$]+(?:[./][\\w$]+)*);?.*");

    private Reason() {}

    /** The leaf cause of a failure. */
    static String of(Throwable failure) {
        Throwable leaf = failure;
        while (leaf.getCause() != null && leaf.getCause() != leaf) {
            leaf = leaf.getCause();
        }
        return words(leaf.toString());
    }

    /** The leaf cause of a failure of which only the printed stack trace is left. */
    static String ofTrace(String trace) {
        List<String> lines = trace.lines().toList();
        return words(lines.stream().filter(line -> line.startsWith(CAUSE)).reduce((first, second) -> second)
                .map(line -> line.substring(CAUSE.length())).orElse(lines.isEmpty() ? "unknown" : lines.get(0)));
    }

    /** What an exception's text, {@code some.Failure: message}, says. */
    private static String words(String text) {
        Matcher failure = FAILURE.matcher(text);
        if (!failure.matches()) {
            return text.lines().findFirst().orElse("unknown");
        }
        String type = failure.group(1);
        String message = failure.group(2) == null ? "" : failure.group(2).lines().findFirst().orElse("").strip();
        Matcher name = CLASS.matcher(message);
        if (List.of("NoClassDefFoundError", "ClassNotFoundException", "TypeNotPresentException").contains(type) && name.matches()) {
            return "class " + name.group(1).replace('/', '.') + " is missing: import its package, or put it into the jar";
        }
        return message.isEmpty() ? type : message + " (" + type + ")";
    }
}
