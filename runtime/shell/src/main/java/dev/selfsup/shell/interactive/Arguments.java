package dev.selfsup.shell.interactive;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What may follow arguments that have been typed.
 *
 * @param expected the option whose value, or the positional argument that comes next
 * @param needed whether an option waits for its first value, so that nothing else can follow
 * @param used options typed
 * @param config the value of an argument labelled {@code CONFIG}
 */
record Arguments(Optional<ArgSpec> expected, boolean needed, Set<OptionSpec> used, Optional<String> config) {
    /**
     * Reads arguments as picocli does: an option takes as many values as it may.
     *
     * @param spec of the command
     * @param typed whole words after the command's name
     */
    static Arguments after(CommandSpec spec, List<String> typed) {
        Set<OptionSpec> used = new HashSet<>();
        String config = null;
        OptionSpec option = null;
        int values = 0;
        int position = 0;
        for (String word : typed) {
            OptionSpec named = spec.optionsMap().get(word.replaceFirst("=.*", ""));
            if (named != null) {
                used.add(named);
                option = word.contains("=") ? null : named;
                values = 0;
            } else if (option != null && values < option.arity().max()) {
                values++;
            } else {
                option = null;
                config = positional(spec, position).filter(p -> p.paramLabel().equals("CONFIG")).isPresent() ? word : config;
                position++;
            }
        }
        boolean open = option != null && values < option.arity().max();
        Optional<ArgSpec> expected = open ? Optional.of(option) : positional(spec, position).map(p -> p);
        return new Arguments(expected, open && values < option.arity().min(), used, Optional.ofNullable(config));
    }

    private static Optional<PositionalParamSpec> positional(CommandSpec spec, int position) {
        return spec.positionalParameters().stream().filter(p -> p.index().contains(position)).findFirst();
    }
}
