package dev.selfsup.algorithm.odc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ODCTest {
    @Test
    void aMemoryWithoutClustersIsRefused() {
        assertEquals("memory_bank must be a memory of clusters, as ODCMemory",
                assertThrows(IllegalArgumentException.class, () -> new ODC.Config(null, null, null, () -> 3, null, List.of())).getMessage());
    }
}
