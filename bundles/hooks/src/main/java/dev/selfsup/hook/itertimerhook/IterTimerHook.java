package dev.selfsup.hook.itertimerhook;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/** Records the seconds of every iteration, as {@code time}, and those of them spent waiting for data, as {@code data_time}. */
public final class IterTimerHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param priority order among hooks
     */
    public record Config(@Default("NORMAL") Priority priority) {}

    private final Config config;

    private IterTimerHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterTrainIter(Run run) {
        run.recorder().put("time", run.time().total());
        run.recorder().put("data_time", run.time().data());
    }

    /** {@code IterTimerHook}. */
    @Component
    @TypeName(kind = "hook", name = "IterTimerHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new IterTimerHook(config);
        }
    }
}
