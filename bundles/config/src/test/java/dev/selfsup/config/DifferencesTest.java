package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** In what configs differ. */
final class DifferencesTest {
    private static List<String> between(String before, String after) {
        return Differences.between(Config.parse("A", before), Config.parse("B", after)).stream()
                .map(d -> d.parent() + " " + d.key() + " " + d.before().map(Node::inline).orElse("-") + " " + d.after().map(Node::inline).orElse("-")).toList();
    }

    @Test
    void theSameValuesAreEqualHoweverTheyAreWritten() {
        assertEquals(List.of(), between("a: {x: 0x10, y: 1.0}\nb: [1, 'c']\n", "b:\n- 1\n- c\na: {y: 1e0, x: 16}\n"));
    }

    @Test
    void keysOfOneSideAndValuesOfBothAreFoundInTheOrderOfTheFirst() {
        assertEquals(List.of("m a 1 2", "m.n b 2 -", " c 3 -", "m d - {e: 5}"),
                between("m: {a: 1, n: {b: 2, z: 0}}\nc: 3\n", "m: {d: {e: 5}, n: {z: 0}, a: 2}\n").stream().sorted(
                        java.util.Comparator.comparing(line -> line.split(" ")[1])).toList());
    }

    @Test
    void listsAreComparedByPosition() {
        assertEquals(List.of("p.0 type A B", "p 1 2 {x: 1}", "p 2 3 -"), between("p: [{type: A}, 2, 3]", "p: [{type: B}, {x: 1}]"));
    }

    @Test
    void aNumberIsNoText() {
        assertEquals(List.of(" a 1 \"1\"", " b null false"), between("a: 1\nb: null", "a: '1'\nb: false"));
    }
}
