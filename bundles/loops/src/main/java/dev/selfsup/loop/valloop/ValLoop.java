package dev.selfsup.loop.valloop;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.EvaluationLoop;
import org.osgi.service.component.annotations.Component;

/** Validation, while a run trains: the labelled images of val_dataloader, judged by val_evaluator. */
public final class ValLoop implements EvaluationLoop {
    /**
     * Options of the loop.
     *
     * @param fp16 whether half precision is asked for; no backend here is faster with it, so everything is computed in float32
     */
    public record Config(@Default("false") boolean fp16) {}

    private final Config config;

    private ValLoop(Config config) {
        this.config = config;
    }

    @Override
    public boolean amp() {
        return config.fp16();
    }

    /** {@code ValLoop}. */
    @Component
    @TypeName(kind = "evaluation_loop", name = "ValLoop", scope = "mmengine")
    public static final class Factory implements ComponentFactory<EvaluationLoop, Config> {
        @Override
        public EvaluationLoop create(Config config) {
            return new ValLoop(config);
        }
    }
}
