package dev.selfsup.shell.interactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ArgumentsTest {
    private static final CommandLine.Model.CommandSpec SPEC = CommandLine.Model.CommandSpec.forAnnotatedObject(new Train());

    /** Options as the commands have them. */
    @CommandLine.Command(name = "train")
    static final class Train {
        @CommandLine.Parameters(index = "0", paramLabel = "CONFIG") private String config;
        @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "CKPT") private String checkpoint;
        @CommandLine.Option(names = "--amp") private boolean amp;
        @CommandLine.Option(names = "--seed", paramLabel = "N") private Long seed;
        @CommandLine.Option(names = "--resume", arity = "0..1", paramLabel = "PATH") private String resume;
        @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE") private List<String> options;
    }

    private static Arguments after(String... typed) {
        return Arguments.after(SPEC, List.of(typed));
    }

    private static String expected(String... typed) {
        return after(typed).expected().map(CommandLine.Model.ArgSpec::paramLabel).orElse("");
    }

    @Test
    void positionalArgumentsComeInTurn() {
        assertEquals("CONFIG", expected());
        assertEquals("CKPT", expected("a.yaml"));
        assertEquals("", expected("a.yaml", "b.json"));
        assertEquals("CKPT", expected("--amp", "a.yaml"));
    }

    @Test
    void anOptionTakesAsManyValuesAsItMay() {
        assertEquals("N", expected("--seed"));
        assertEquals("CONFIG", expected("--seed", "3"));
        assertEquals("CONFIG", expected("--seed=3"));
        assertEquals("KEY=VALUE", expected("a.yaml", "--cfg-options", "a=1", "b=2"));
        assertEquals("CKPT", expected("a.yaml", "--cfg-options", "a=1", "--amp"));
    }

    @Test
    void onlyAnOptionThatLacksAValueForbidsOthers() {
        assertTrue(after("a.yaml", "--seed").needed());
        assertTrue(after("a.yaml", "--cfg-options").needed());
        assertFalse(after("a.yaml", "--cfg-options", "a=1").needed());
        assertFalse(after("a.yaml", "--resume").needed());
        assertFalse(after("a.yaml").needed());
    }

    @Test
    void theConfigOnTheLineIsKnown() {
        assertEquals(Optional.of("a.yaml"), after("--seed", "3", "a.yaml", "--cfg-options").config());
        assertEquals(Optional.empty(), after("--cfg-options", "a.yaml").config());
    }
}
