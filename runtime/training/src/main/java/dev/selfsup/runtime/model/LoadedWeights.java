package dev.selfsup.runtime.model;

import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** How the weights of a model and those of a file match, name by name. */
public final class LoadedWeights {
    /** Names shown of each sort in a message. */
    private static final int SHOWN = 5;

    private final String source;
    private final boolean told;
    private final List<String> matched = new ArrayList<>();
    private final Set<String> missing = new TreeSet<>();
    private final List<String> different = new ArrayList<>();
    private final Set<String> left = new TreeSet<>();

    /**
     * Nothing yet.
     *
     * @param source what messages call the file, and as whose it is read
     * @param told whether a line tells what was read even where all matches
     */
    public LoadedWeights(String source, boolean told) {
        this.source = source;
        this.told = told;
    }

    /** A weight of the model that the file has. */
    public void matched(String name) {
        matched.add(name);
    }

    /** Weights of the model that the file has. */
    public List<String> matched() {
        return List.copyOf(matched);
    }

    /** A weight that the file lacks. */
    public void missing(String name) {
        missing.add(name);
    }

    /** A weight that the file has in another shape. */
    void different(String name, long[] there, long[] here) {
        different.add(name + ": " + Arrays.toString(there) + " in the checkpoint, " + Arrays.toString(here) + " in the model");
    }

    /** Weights of the file that the model lacks. */
    public void left(Collection<String> names) {
        left.addAll(names);
    }

    /**
     * Ends with a list of the differences, or tells what was read.
     *
     * @param allowMissing whether missing weights and those left over are no mistake; other shapes always are
     * @param messages takes the lines
     * @param remedy what else the user can do
     */
    public void check(boolean allowMissing, Consumer<String> messages, String remedy) {
        boolean unlike = !missing.isEmpty() || !left.isEmpty();
        if (matched.isEmpty() && unlike || !different.isEmpty() || unlike && !allowMissing && !otherNorm()) {
            throw new UsageException(mismatch() + System.lineSeparator() + "  " + remedy + (different.isEmpty() && !matched.isEmpty() ? "; or say --allow-missing" : ""));
        }
        if (told) {
            messages.accept(source + counts());
        }
        if (!missing.isEmpty()) {
            messages.accept("these begin anew, as the checkpoint does not have them" + names(missing));
        }
        if (!left.isEmpty()) {
            messages.accept("the checkpoint has these, which the model does not need" + names(left));
        }
    }

    /** Whether the only difference is which norm comes last: pretraining normalises all tokens, fine-tuning with {@code avg_token} their mean, by a norm of its own. */
    private boolean otherNorm() {
        return missing.stream().allMatch(name -> name.matches("backbone\\.ln2\\.(weight|bias)"))
                && left.stream().allMatch(name -> name.matches("backbone\\.ln1\\.(weight|bias)"));
    }

    /** {@code : 150 of 152 weights}. */
    private String counts() {
        return ": " + matched.size() + " of " + (matched.size() + missing.size() + different.size()) + " weights";
    }

    private String mismatch() {
        StringBuilder message = new StringBuilder(source + counts() + "; it is of another model than the config makes:");
        list(message, "not in the checkpoint", missing);
        list(message, "of another shape", different);
        list(message, "in the checkpoint only", left);
        return message.toString();
    }

    private static void list(StringBuilder message, String title, Collection<String> names) {
        if (!names.isEmpty()) {
            message.append(System.lineSeparator()).append("  ").append(title).append(names(names));
        }
    }

    private static String names(Collection<String> names) {
        return " (" + names.size() + "): " + String.join(", ", names.stream().limit(SHOWN).toList()) + (names.size() > SHOWN ? ", ..." : "");
    }
}
