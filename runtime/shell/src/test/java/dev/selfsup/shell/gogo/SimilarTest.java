package dev.selfsup.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SimilarTest {
    @Test
    void aNameAFewMistakesAwayIsSuggested() {
        assertEquals(" Did you mean ResNet?", Similar.didYouMean("resnt", List.of("ResNet", "ViT", "Resize")));
    }

    @Test
    void namesAreOrderedByHowNearTheyAre() {
        assertEquals(List.of("train", "trains"), Similar.near("tran", List.of("trains", "help", "train")));
    }

    @Test
    void nothingIsSuggestedForANameOfItsOwn() {
        assertEquals("", Similar.didYouMean("SwAV", List.of("ResNet", "SimCLR")));
    }
}
