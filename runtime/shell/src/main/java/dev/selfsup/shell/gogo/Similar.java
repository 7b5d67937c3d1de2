package dev.selfsup.shell.gogo;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names that somebody may have meant: those a few typing mistakes away. */
public final class Similar {
    private Similar() {}

    /** A sentence that begins with a blank, as {@code " Did you mean train?"}; empty where nothing comes near. */
    public static String didYouMean(String name, Collection<String> known) {
        List<String> near = near(name, known);
        return near.isEmpty() ? "" : " Did you mean " + near.stream().collect(Collectors.joining(" or ")) + "?";
    }

    /** At most three names, nearest first. */
    static List<String> near(String name, Collection<String> known) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int limit = 1 + wanted.length() / 4;
        return known.stream()
                .distinct()
                .filter(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT)) <= limit)
                .sorted(Comparator.comparingInt(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT))))
                .limit(3)
                .toList();
    }

    /** Levenshtein distance; a swap of neighbours counts as two. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
