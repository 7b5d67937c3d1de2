package dev.selfsup.api.run;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** A training run, as hooks see it. Hooks are called by the run's own thread. */
@ProviderType
public interface Run {
    // Progress

    /** Folder of everything that the run writes. */
    Path workDir();

    /** Epochs finished. */
    int epoch();

    /** Iterations finished. */
    int iteration();

    /** Iterations of an epoch. */
    int epochLength();

    /** Iterations of the whole run. */
    int maxIterations();

    /** How the run is counted. */
    Loop loop();

    /** Images in a batch of this process. */
    int batchSize();

    /** The run's seed. */
    long seed();

    /** Ends the run after this iteration, with a checkpoint. */
    void stop();

    // Parts

    /** The model's state. */
    Weights weights();

    /** The passes over weights to use. */
    Updates updates();

    /** Groups of weights with their rates. */
    List<ParamGroup> groups();

    /** Steps the schedules that count iterations. */
    void stepSchedulesByIteration();

    /** Steps the schedules that count epochs. */
    void stepSchedulesByEpoch();

    /** Makes the sampler shuffle as for the given epoch from here on. */
    void shuffle(int epoch);

    /** Losses of the last iteration by name, their sum as {@code loss} among them. */
    Map<String, Double> losses();

    /** Seconds that the last iteration took, and of these waited for data. */
    IterationTime time();

    /**
     * Time of an iteration.
     *
     * @param total seconds from the end of the iteration before
     * @param data seconds of these waited for data
     */
    record IterationTime(double total, double data) {}

    // What hooks use

    /** The run's figures. */
    Recorder recorder();

    /** Writes what the log processor makes of the figures to the terminal, the log and the visualizer. */
    void log();

    /** Prints a line for the user, and logs it. */
    void print(String line);

    /** Where figures and pictures are shown. */
    Visualizer visualizer();

    /**
     * Features of images by the weights as they are: the backbone's last stage averaged over the image, in evaluation mode.
     *
     * @param images images, in the order of the dataset
     * @return a row per usable image, with labels where the images have them
     */
    Features features(Dataset.Images images);

    /**
     * Saves a checkpoint of everything.
     *
     * @param tag name of its files, as {@code epoch_10}
     */
    void save(String tag);

    /** Removes all but the newest checkpoints. */
    void prune(int keep, Set<String> protectedTags);
}
