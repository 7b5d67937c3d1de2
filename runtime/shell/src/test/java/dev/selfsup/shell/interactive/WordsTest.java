package dev.selfsup.shell.interactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jline.reader.SyntaxError;
import org.junit.jupiter.api.Test;

final class WordsTest {
    private static List<String> words(String line) {
        return Words.split(line).words();
    }

    @Test
    void aLineIsSplitAsOnTheCommandLine() {
        assertEquals(List.of("train", "a b/ü.yaml", "--cfg-options", "a.b=[1, 2]", "c={d: 'e'}"),
                words("  train 'a b/ü.yaml' --cfg-options \"a.b=[1, 2]\" \"c={d: 'e'}\" "));
        assertEquals(List.of("train", "a b.yaml"), words("train a\\ b.yaml"));
        assertEquals(List.of("x=#1;i|j&k", "$HOME", "@file", "!!"), words("x=#1;i|j&k $HOME @file !!"));
    }

    @Test
    void homeIsWritten() {
        String home = System.getProperty("user.home");
        assertEquals(List.of("train", home + "/a.yaml", home, "b~"), words("train ~/a.yaml ~ b~"));
    }

    @Test
    void blankLinesAndCommentsAreNothing() {
        assertEquals(List.of(), words("   "));
        assertEquals(List.of(), words("# train a.yaml"));
    }

    @Test
    void anOpenQuoteIsAMistake() {
        assertThrows(SyntaxError.class, () -> words("list 'open"));
    }
}
