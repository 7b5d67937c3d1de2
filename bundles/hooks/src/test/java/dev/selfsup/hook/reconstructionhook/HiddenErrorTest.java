package dev.selfsup.hook.reconstructionhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.Restored;
import org.junit.jupiter.api.Test;

class HiddenErrorTest {
    private static final float[] MASK = {0, 1, 0, 0};
    /** Two channels of 4x2 in patches of 2x1: the hidden one is at the right above. */
    private static final float[] TARGET = {1, 5, 2, 6, 3, 9, 4, 8, 10, 50, 20, 60, 30, 90, 40, 80};

    private static Restored restored(float[] mask, float[] prediction) {
        Restored.Plane target = new Restored.Plane(TARGET, 2, 4, 2);
        return new Restored(new Restored.Plane(mask, 1, 2, 2), target, new Restored.Plane(prediction, 2, 4, 2), target, target, false);
    }

    @Test
    void onlyHiddenPatchesCountAndFillingTakesTheMeanVisiblePatch() {
        float[] prediction = TARGET.clone();
        prediction[1] += 2;
        prediction[11] -= 4;
        prediction[0] = 1000;
        HiddenError error = new HiddenError();
        error.add(restored(MASK, prediction));
        assertEquals((4 + 16) / 4.0, error.predicted());
        double[] mean = {(1 + 3 + 9) / 3.0, (2 + 4 + 8) / 3.0, (10 + 30 + 90) / 3.0, (20 + 40 + 80) / 3.0};
        double[] hidden = {5, 6, 50, 60};
        double filled = 0;
        for (int i = 0; i < 4; i++) {
            filled += (mean[i] - hidden[i]) * (mean[i] - hidden[i]) / 4;
        }
        assertEquals(filled, error.filled(), 1e-9);
        assertEquals(1, error.images());
    }

    @Test
    void imagesWithNothingHiddenOrNothingVisibleDoNotCount() {
        HiddenError error = new HiddenError();
        error.add(restored(new float[] {0, 0, 0, 0}, new float[16]));
        error.add(restored(new float[] {1, 1, 1, 1}, new float[16]));
        assertEquals(0, error.images());
        assertTrue(Double.isNaN(error.predicted()) && Double.isNaN(error.filled()));
    }
}
