package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** A place where figures and pictures of a run are shown. All calls come from one thread. */
@Kind("vis_backend")
@ConsumerType
public interface VisBackend {
    /**
     * Begins, or continues when a run is resumed.
     *
     * @param workDir folder of the run
     */
    void open(Path workDir);

    /** Shows the resolved config. */
    void addConfig(String yaml);

    /** Shows figures of an iteration. */
    void addScalars(Map<String, Double> values, int iteration);

    /**
     * Shows a picture.
     *
     * @param name what it shows
     * @param image the picture
     * @param iteration when
     */
    void addImage(String name, java.awt.image.BufferedImage image, int iteration);

    /** Ends. */
    void close();
}
