package dev.selfsup.hook.loggerhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/** Writes a log line every so many iterations of an epoch: to the terminal, the JSON log and the visualizer. */
public final class LoggerHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param interval iterations between lines
     * @param ignoreLast whether the last iterations of an epoch, fewer than interval, get no line
     * @param priority order among hooks
     */
    public record Config(@Default("10") int interval, @Default("true") boolean ignoreLast, @Default("BELOW_NORMAL") Priority priority) {
        public Config {
            check(interval > 0, "interval must be positive, not %d", interval);
        }
    }

    private final Config config;

    private LoggerHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterTrainIter(Run run) {
        int counted = run.loop().byEpoch() ? (run.iteration() - 1) % run.epochLength() + 1 : run.iteration();
        boolean last = run.loop().byEpoch() && counted == run.epochLength();
        if (counted % config.interval() == 0 || last && !config.ignoreLast()) {
            run.log();
        }
    }

    /** {@code LoggerHook}. */
    @Component
    @TypeName(kind = "hook", name = "LoggerHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new LoggerHook(config);
        }
    }
}
