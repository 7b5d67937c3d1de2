package dev.selfsup.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What a misspelt name was probably meant to be. */
final class Suggestion {
    private Suggestion() {}

    /** {@code , did you mean 'x'?} if a name is close, else empty. */
    static String of(String wrong, Collection<String> names) {
        return near(wrong, names).stream().findFirst().map(name -> ", did you mean '" + name + "'?").orElse("");
    }

    /** The names that are close, nearest first; at most three. */
    static List<String> near(String wrong, Collection<String> names) {
        int allowed = Math.max(1, Math.min(3, 2 * wrong.length() / 5));
        return names.stream()
                .filter(name -> distance(wrong, name) <= allowed)
                .sorted(Comparator.comparingInt((String name) -> distance(wrong, name)).thenComparing(name -> name))
                .limit(3)
                .toList();
    }

    /** Levenshtein distance; case does not count. */
    static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
