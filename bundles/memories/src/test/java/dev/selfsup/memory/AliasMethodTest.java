package dev.selfsup.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.memory.aliasmethod.AliasMethod;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AliasMethodTest {
    @Test
    void drawsHaveTheProbabilitiesOfTheWeights() {
        float[] weights = {5, 0, 1, 3, 1};
        AliasMethod method = AliasMethod.of(weights);
        int[] drawn = new int[5];
        RandomGenerator random = SampleRandom.of(1);
        int draws = 200_000;
        for (int i = 0; i < draws; i++) {
            drawn[method.draw(random)]++;
        }
        for (int k = 0; k < 5; k++) {
            double p = weights[k] / 10;
            assertEquals(p, (double) drawn[k] / draws, 5 * Math.sqrt(p * (1 - p) / draws), "outcome " + k);
        }
    }

    @Test
    void evenOutcomesNeedNoAlias() {
        AliasMethod method = AliasMethod.even(761);
        for (float keep : method.keep()) {
            assertEquals(1, keep);
        }
        assertArrayEquals(new int[761], method.alias());
    }

    @Test
    void aSingleOutcomeIsAlwaysDrawn() {
        assertEquals(0, AliasMethod.of(0.3f).draw(SampleRandom.of(4)));
    }
}
