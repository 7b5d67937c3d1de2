package dev.selfsup.api.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ChoicesTest {
    private static final Choices BOX = Choices.of(Map.of("box", List.of(1, 2, 3), "sizes", List.of("x")));

    @Test
    void aListOfAnotherLengthOrOfOtherValuesIsRefused() {
        assertArrayEquals(new int[] {1, 2, 3}, BOX.integers("box", 3));
        assertMessage("the recorded choice box must be 4 numbers, not [1, 2, 3]", () -> BOX.integers("box", 4));
        assertMessage("a recorded choice must be a list of numbers, not [x]", () -> BOX.integers("sizes"));
        assertMessage("the recorded choice none must be a list of numbers, not null", () -> BOX.integers("none", 4));
    }

    private static void assertMessage(String message, Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
