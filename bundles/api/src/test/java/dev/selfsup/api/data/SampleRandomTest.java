package dev.selfsup.api.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleRandomTest {
    @Test
    void numbersAreTheSameOnEveryJvm() {
        assertArrayEquals(new int[] {9, 8, 5, 2, 6, 4, 7, 1, 0, 3}, SampleRandom.permutation(10, 0, 0));
        SampleRandom random = SampleRandom.of(7, 1, 42);
        assertEquals(5432382858964336766L, random.nextLong());
        assertEquals(75, random.nextInt(1000));
        assertEquals(0.1606844133694567, random.nextDouble());
    }

    @Test
    void keysThatDifferGiveUnrelatedStreams() {
        assertEquals(SampleRandom.of(1, 2, 3).nextLong(), SampleRandom.of(1, 2, 3).nextLong());
        assertNotEquals(SampleRandom.of(1, 2, 3).nextLong(), SampleRandom.of(1, 3, 2).nextLong());
        assertNotEquals(SampleRandom.of(1, 2).nextLong(), SampleRandom.of(2, 1).nextLong());
        assertNotEquals(SampleRandom.of(1).nextLong(), SampleRandom.of(1, 0).nextLong());
    }

    @Test
    void aPermutationHoldsEveryIndexOnceAndIsUniform() {
        int[] sorted = SampleRandom.permutation(1000, 5, 1);
        Arrays.sort(sorted);
        assertArrayEquals(IntStream.range(0, 1000).toArray(), sorted);
        int[][] counts = new int[4][4];
        for (int epoch = 0; epoch < 20_000; epoch++) {
            int[] order = SampleRandom.permutation(4, 3, epoch);
            for (int i = 0; i < 4; i++) {
                counts[i][order[i]]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertEquals(5000, count, 300);                           // 5 standard errors
            }
        }
    }

    @Test
    void boundedNumbersStayInside() {
        SampleRandom random = SampleRandom.of(1);
        for (int i = 0; i < 1000; i++) {
            int value = random.nextInt(-3, 4);
            assertTrue(value >= -3 && value < 4);
            double uniform = random.nextDouble(0.25, 0.5);
            assertTrue(uniform >= 0.25 && uniform < 0.5);
        }
        assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
    }

    @Test
    void aRecordedChoiceIsReadByNameAndType() {
        Map<String, Object> values = new HashMap<>(Map.of("angle", 1.5, "order", List.of(2, 0), "direction", "vertical",
                "boxes", List.of(List.of(1, 2), List.of(3, 4))));
        values.put("hue", null);
        Choices choices = Choices.of(values);
        assertFalse(choices.has("hue"));
        assertFalse(choices.has("absent"));
        assertEquals(1.5, choices.number("angle"));
        assertEquals("vertical", choices.text("direction"));
        assertArrayEquals(new int[] {2, 0}, choices.integers("order"));
        assertArrayEquals(new int[] {3, 4}, choices.rows("boxes")[1]);
        assertEquals("the recorded choice order must be a number, not [2, 0]",
                assertThrows(IllegalArgumentException.class, () -> choices.number("order")).getMessage());
    }

    @Test
    void aGeneratorThatIsStartedAnewIsThatOfItsKey() {
        SampleRandom used = SampleRandom.of(1, 2);
        used.nextLong();
        used.restart(7, 0, -3);
        SampleRandom fresh = SampleRandom.of(7, 0, -3);
        for (int i = 0; i < 20; i++) {
            assertEquals(fresh.nextLong(), used.nextLong());
        }
    }
}
