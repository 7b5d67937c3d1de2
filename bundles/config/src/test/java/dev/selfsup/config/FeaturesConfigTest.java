package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Files of images whose features are looked at. */
final class FeaturesConfigTest {
    private static final String LOADER = "{batch_size: 8, dataset: Images}\n";

    private static FeaturesConfig bind(String text) {
        Config config = Config.parse("test", text);
        assertTrue(FeaturesConfig.describes(config));
        return FeaturesConfig.of(config, RunConfigTest.TYPES);
    }

    private static String mistake(String text) {
        return assertThrows(UsageException.class, () -> bind(text)).getMessage();
    }

    @Test
    void imagesThatVoteAndImagesThatAreClassified() {
        FeaturesConfig knn = bind("train_dataloader: " + LOADER + "val_dataloader: " + LOADER + "pool_cfg: {type: AvgPool2d, output_size: 2}\n");
        assertEquals(8, knn.trainDataloader().orElseThrow().batchSize());
        assertEquals(Optional.empty(), knn.model());
        assertEquals(Optional.empty(), knn.extractDataloader());
        assertEquals(List.of(), knn.splitAt());
        assertEquals(List.of(), knn.splitName());
        assertEquals(2, knn.poolCfg().orElseThrow().outputSize());
    }

    @Test
    void imagesOfTwoPartsWhoseDatasetHasTheReferencesOtherName() {
        FeaturesConfig svm = bind("split_at: [5011]\nsplit_name: [trainval, test]\nextract_dataloader: {batch_size: 8, extract_dataset: Images}\n");
        assertEquals(8, svm.extractDataloader().orElseThrow().batchSize());
        assertEquals(List.of(5011), svm.splitAt());
        assertEquals(List.of("trainval", "test"), svm.splitName());
        assertEquals(Optional.empty(), svm.poolCfg());
    }

    @Test
    void whatARunHasBesideIsNotRead() {
        FeaturesConfig tsne = bind("model: Method\nextract_dataloader: " + LOADER + "default_hooks: {logger: 3}\nload_from: null\nlog_level: INFO\ndefault_scope: mmcls\n");
        assertTrue(tsne.model().isPresent());
        assertFalse(FeaturesConfig.describes(Config.parse("test", "train_dataloader: " + LOADER)));
    }

    @Test
    void mistakesHaveTheirPlaces() {
        assertEquals("test:1:1: extract_dataloader must be given, or both train_dataloader and val_dataloader: images whose features are looked at",
                mistake("pool_cfg: {}\n"));
        assertEquals("test:2:11: split_at: split_at must have a place for every name of split_name but the first, 1, not 2",
                mistake("extract_dataloader: " + LOADER + "split_at: [3, 4]\nsplit_name: [a, b]\n"));
        assertEquals("test:2:25: pool_cfg.output_size: output_size must be positive, not 0", mistake("extract_dataloader: " + LOADER + "pool_cfg: {output_size: 0}\n"));
        assertEquals("test:2:1: pool_cgf: unknown key, did you mean 'pool_cfg'?", mistake("extract_dataloader: " + LOADER + "pool_cgf: {}\n"));
    }
}
