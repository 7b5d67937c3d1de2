package dev.selfsup.loop.logprocessor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Recorder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** Smooths the figures of a run for its log lines: means over a window, the learning rate as it is, and what {@code custom_cfg} asks for. */
public final class LogProcessor implements dev.selfsup.api.run.LogProcessor {
    /** How a figure is summed up. */
    public enum Method {
        MEAN,
        MAX,
        MIN,
        CURRENT
    }

    /**
     * A figure that is summed up in its own way.
     *
     * @param dataSrc name of the figure
     * @param method how it is summed up
     * @param windowSize iterations that count: a number, epoch for those of this epoch, or global for all, of which the newest 10,000 are kept
     * @param logName name in the log line; by default that of the figure, which it replaces
     */
    public record Custom(String dataSrc, @Default("mean") Method method, @Default("1") String windowSize, Optional<String> logName) {
        public Custom {
            check(windowSize.matches("[1-9][0-9]*|epoch|global"), "window_size must be a positive number, epoch or global, not %s", windowSize);
        }
    }

    /**
     * Options of log lines.
     *
     * @param windowSize iterations over which figures are averaged
     * @param byEpoch accepted: a run's loop tells how it is counted
     * @param customCfg figures that are summed up in their own way
     * @param numDigits accepted: figures are printed with as many digits as they need
     */
    public record Config(@Default("10") int windowSize, @Default("true") boolean byEpoch, @Default("[]") List<Custom> customCfg,
            @Default("4") int numDigits) {
        public Config {
            check(windowSize > 0, "window_size must be positive, not %d", windowSize);
        }
    }

    private final Config config;

    private LogProcessor(Config config) {
        this.config = config;
    }

    @Override
    public Map<String, Double> line(Recorder recorder, int inEpoch) {
        Map<String, Double> line = new LinkedHashMap<>();
        for (String name : recorder.names()) {
            line.put(name, name.equals("lr") ? recorder.latest(name) : mean(recorder.newest(name, config.windowSize())));
        }
        for (Custom custom : config.customCfg()) {
            if (line.containsKey(custom.dataSrc())) {
                line.put(custom.logName().orElse(custom.dataSrc()), sumUp(custom, recorder, inEpoch));
            }
        }
        return line;
    }

    private static double sumUp(Custom custom, Recorder recorder, int inEpoch) {
        int window = switch (custom.windowSize()) {
            case "epoch" -> inEpoch;
            case "global" -> Integer.MAX_VALUE;
            default -> Integer.parseInt(custom.windowSize());
        };
        double[] values = recorder.newest(custom.dataSrc(), window);
        return switch (custom.method()) {
            case MEAN -> mean(values);
            case MAX -> Arrays.stream(values).max().orElse(Double.NaN);
            case MIN -> Arrays.stream(values).min().orElse(Double.NaN);
            case CURRENT -> recorder.latest(custom.dataSrc());
        };
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** {@code LogProcessor}. */
    @Component
    @TypeName(kind = "log_processor", name = "LogProcessor", scope = "mmengine")
    public static final class Factory implements ComponentFactory<dev.selfsup.api.run.LogProcessor, Config> {
        @Override
        public dev.selfsup.api.run.LogProcessor create(Config config) {
            return new LogProcessor(config);
        }
    }
}
