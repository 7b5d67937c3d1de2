package dev.selfsup.loop.testloop;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.EvaluationLoop;
import org.osgi.service.component.annotations.Component;

/** A test of a checkpoint: the labelled images of test_dataloader, judged by test_evaluator. */
public final class TestLoop implements EvaluationLoop {
    /**
     * Options of the loop.
     *
     * @param fp16 whether half precision is asked for; no backend here is faster with it, so everything is computed in float32
     */
    public record Config(@Default("false") boolean fp16) {}

    private final Config config;

    private TestLoop(Config config) {
        this.config = config;
    }

    @Override
    public boolean amp() {
        return config.fp16();
    }

    /** {@code TestLoop}. */
    @Component
    @TypeName(kind = "evaluation_loop", name = "TestLoop", scope = "mmengine")
    public static final class Factory implements ComponentFactory<EvaluationLoop, Config> {
        @Override
        public EvaluationLoop create(Config config) {
            return new TestLoop(config);
        }
    }
}
