package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Turns the figures of a run into those of a log line: the value of {@code log_processor}. */
@Kind(value = "log_processor", defaultType = "LogProcessor")
@ConsumerType
public interface LogProcessor {
    /**
     * The figures of a log line.
     *
     * @param recorder all figures
     * @param inEpoch iterations of this epoch so far
     * @return smoothed figures by name, in order
     */
    Map<String, Double> line(Recorder recorder, int inEpoch);
}
