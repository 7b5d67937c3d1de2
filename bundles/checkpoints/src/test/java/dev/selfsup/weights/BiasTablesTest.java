package dev.selfsup.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of relative positions for windows of another size. */
final class BiasTablesTest {
    private static final String TABLE = "relative_position_bias_table";
    private static final int HEADS = 2;

    @TempDir
    private Path folder;

    /** Values that no symmetry hides, those of the second head twice those of the first, then the rows of class tokens. */
    private static Tensor table(String name, int side, int more) {
        float[] values = new float[(side * side + more) * HEADS];
        for (int i = 0; i < side * side + more; i++) {
            values[HEADS * i] = (i * i * 7 + i * 3) % 11 / 4f;
            values[HEADS * i + 1] = 2 * values[HEADS * i];
        }
        return Tensor.of(name, FloatBuffer.wrap(values), side * side + more, HEADS);
    }

    private static float[] resized(int from, int to, int more) {
        Tensor resized = BiasTables.resized(table("a." + TABLE, from, more), to * to + more, HEADS).orElseThrow();
        assertArrayEquals(new long[] {to * to + more, HEADS}, resized.shape());
        return resized.toFloats();
    }

    /** Expected numbers: resize_relative_position_bias_table of MMClassification 1.0.0rc5, with SciPy 1.17's RectBivariateSpline, which has replaced interp2d. */
    private static void has(float[] table, int side, double... expected) {
        int[] places = {0, 1, 2 * side + 3, 3 * side + 2, side / 2 * side + side / 2, (side - 1) * side + side - 2};
        for (int i = 0; i < places.length; i++) {
            assertEquals(expected[i], table[HEADS * places[i]], 2e-6, "place " + places[i]);
            assertEquals(2 * expected[i], table[HEADS * places[i] + 1], 4e-6, "place " + places[i] + " of the second head");
        }
    }

    @Test
    void aWindowOfSixBecomesOneOfSeven() {
        has(resized(11, 13, 0), 13, 5.797345147584565e-05, 2.968717575073242, 0.384500652551651, 1.2527484893798828, 0.75, -0.8806453943252563);
    }

    @Test
    void aMuchLargerWindowIsFlatBeyondTheOldOnesReach() {
        has(resized(5, 9, 0), 9, 0, 0, 2.910951614379883, 2.379521608352661, 2.5, 0.25);
    }

    @Test
    void aSmallerWindowReadsTheMiddle() {
        has(resized(13, 7, 0), 7, -0.025322243571281433, 1.0038775205612183, 0.75, 1.5, 0.25, 0.7436016798019409);
    }

    @Test
    void rowsOfTheClassTokenStay() {
        float[] values = resized(11, 13, 3);
        has(values, 13, 5.797345147584565e-05, 2.968717575073242, 0.384500652551651, 1.2527484893798828, 0.75, -0.8806453943252563);
        float[] before = table("a", 11, 3).toFloats();
        for (int i = 1; i <= 3 * HEADS; i++) {
            assertEquals(before[before.length - i], values[values.length - i]);
        }
    }

    @Test
    void otherHeadsAndWindowsThatAreNotSquareStayMistakes() {
        assertTrue(BiasTables.resized(table(TABLE, 11, 0), 169, 3).isEmpty());
        assertTrue(BiasTables.resized(table(TABLE, 11, 0), 170, 2).isEmpty());
        assertTrue(BiasTables.resized(table("a.weight", 11, 0), 169, 2).isEmpty());
    }

    @Test
    void aTableOfAllLayersIsEveryLayersAndAnIndexOfAnotherWindowIsLeftOut() {
        Path file = folder.resolve("beit.safetensors");
        String shared = "backbone.rel_pos_bias." + TABLE;
        String own = "backbone.layers.1.attn." + TABLE;
        String index = "backbone.layers.0.attn.w_msa.relative_position_index";
        WeightFormat.SAFETENSORS.write(file, true, List.of(table(shared, 11, 3), Tensor.of(index, new long[] {1, 2, 3, 4}, 2, 2)));
        try (Checkpoint checkpoint = Checkpoints.load(file)) {
            ReadWeights weights = ReadWeights.same(checkpoint.tensors());
            assertTrue(weights.has(own) && weights.has(shared));
            assertArrayEquals(table(shared, 11, 3).toFloats(), weights.fitted(own, 124, HEADS).orElseThrow().toFloats());
            assertEquals(own, weights.fitted(own, 172, HEADS).orElseThrow().name());
            assertEquals(Set.of(), weights.left(Set.of(own)));
            assertEquals(Optional.empty(), weights.fitted(index, 3, 3));
            assertEquals(4, weights.fitted(index, 2, 2).orElseThrow().elements());
        }
    }
}
