package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArenaTest {
    @Test
    void arraysThatLiveAtTheSameTimeNeverOverlap() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Arena.Block> blocks = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Arena.Block block = new Arena.Block(1 + random.nextInt(500), random.nextInt(40));
                block.to = block.from + random.nextInt(12);
                blocks.add(block);
            }
            long total = Arena.place(blocks);
            for (int i = 0; i < blocks.size(); i++) {
                Arena.Block a = blocks.get(i);
                assertTrue(a.offset >= 0 && a.offset % 16 == 0 && a.offset + a.length <= total);
                for (Arena.Block b : blocks.subList(i + 1, blocks.size())) {
                    boolean together = a.from <= b.to && b.from <= a.to;
                    boolean overlap = a.offset < b.offset + b.length && b.offset < a.offset + a.length;
                    assertTrue(!together || !overlap, "seed " + seed);
                }
            }
        }
    }

    @Test
    void arraysThatLiveOneAfterTheOtherShareMemory() {
        List<Arena.Block> blocks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Arena.Block block = new Arena.Block(64, 2 * i);
            block.to = 2 * i + 1;
            blocks.add(block);
        }
        assertEquals(64, Arena.place(blocks));
    }
}
