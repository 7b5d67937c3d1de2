package dev.selfsup.hook.paramschedulerhook;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/** Steps the schedules of {@code param_scheduler}, after every iteration or epoch as they say. */
public final class ParamSchedulerHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param priority order among hooks
     */
    public record Config(@Default("LOW") Priority priority) {}

    private final Config config;

    private ParamSchedulerHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterTrainIter(Run run) {
        run.stepSchedulesByIteration();
    }

    @Override
    public void afterTrainEpoch(Run run) {
        run.stepSchedulesByEpoch();
    }

    /** {@code ParamSchedulerHook}. */
    @Component
    @TypeName(kind = "hook", name = "ParamSchedulerHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new ParamSchedulerHook(config);
        }
    }
}
