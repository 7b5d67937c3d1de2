package dev.selfsup.algorithm.npid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Memory;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.junit.jupiter.api.Test;

class NPIDTest {
    private record Images(int length) implements Memory.Instances {
        @Override
        public Bank build(Graph graph) {
            throw new IllegalStateException("not built");
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        assertMessage("memory_bank must be a memory of instances, as SimpleMemory", () -> 3, 5, false);
        assertMessage("neg_num must be positive, not 0", new Images(3), 0, false);
        assertMessage("ensure_neg needs a memory_bank of more than one image", new Images(1), 5, true);
    }

    private static void assertMessage(String message, Memory memory, int negatives, boolean ensured) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> new NPID.Config(null, null, null, memory, negatives, ensured, null, List.of())).getMessage());
    }
}
