package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** What cannot be counted is told in one message. */
class ParameterCountTest {
    private static final FrozenNetwork NONE = (images, words) -> {
        throw new UsageException("there is no file");
    };

    /** A frozen network that sees some view, and a loss of sides that do not fit each other. */
    private record Method(int view) implements Algorithm {
        @Override
        public DataPreprocessor dataPreprocessor() {
            return new OneView();
        }

        @Override
        public Optional<Targets> targets() {
            return Optional.of(new Targets(view, NONE));
        }

        @Override
        public Losses loss(Graph graph, Batch batch) {
            return Losses.of("loss", batch.view(0).sub(batch.field("target_generator.0")).sum());
        }

        @Override
        public List<SDVariable> extract(Graph graph, SDVariable images) {
            return List.of(images);
        }
    }

    private static final class OneView implements DataPreprocessor {
        @Override
        public List<int[]> shapes(List<Image> images) {
            return List.of(new int[] {3, 32, 32});
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {
            throw new AssertionError("not asked");
        }
    }

    private static String refusal(Algorithm algorithm) {
        Sample sample = new Sample(0, Path.of("image"), OptionalInt.empty());
        return assertThrows(UsageException.class, () -> ParameterCount.of(algorithm, sample, words -> { })).getMessage();
    }

    @Test
    void aNetworkThatSeesAViewWhichThePipelineDoesNotGiveIsToldAsInTraining() {
        String refusal = refusal(new Method(1));
        assertTrue(refusal.startsWith("the target generator looks at view 1 of an image, but the pipeline and the data preprocessor give only 1"), refusal);
    }

    @Test
    void partsThatDoNotFitAreToldThoughNobodyAskedForTheirShape() {
        assertEquals("model: does not fit images of [3, 32, 32], or its parts do not fit together: subtract of [4, 3, 32, 32] and [4, 5, 512], which do not fit each other",
                refusal(new Method(0)));
    }
}
