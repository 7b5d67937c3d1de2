package dev.selfsup.api.run;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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

    /** The method that is trained. */
    Algorithm algorithm();

    /** The model's state. */
    Weights weights();

    /** The passes over weights to use. */
    Updates updates();

    /** Groups of weights with their rates. */
    List<ParamGroup> groups();

    /**
     * Leaves weights as they are from the next update on: as if they had no gradient, so without decay and momentum.
     *
     * @param weights state_dict names of all trained weights that are left alone; those of an earlier call are not any more
     */
    void freeze(Set<String> weights);

    /** Steps the schedules that count iterations. */
    void stepSchedulesByIteration();

    /** Steps the schedules that count epochs. */
    void stepSchedulesByEpoch();

    /** Makes the sampler shuffle every epoch anew; to be called in {@link Hook#beforeTrain}. */
    void reshuffleEveryEpoch();

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

    /** Writes figures of an evaluation, which are no part of the training lines, to the log and the visualizer. */
    void report(Map<String, Double> figures);

    /** The newest value of a figure, of training or of an evaluation; NaN where there is none. */
    double latest(String figure);

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
     * Images as the model gets them: the first input of each, in one row.
     *
     * @param images images, in the order of the dataset
     * @return a row per usable image, with labels where the images have them
     */
    Features pixels(Dataset.Images images);

    /**
     * Embeddings of images by the weights as they are, in evaluation mode: what the neck makes of them, {@link dev.selfsup.api.model.Algorithm#embed}. Images are read
     * batch by batch, with a progress bar.
     *
     * @param images images, in the order of the dataset
     * @param batchSize images that the network sees at once
     * @return a row per image, [N][D]; null where an image cannot be used
     */
    float[][] embeddings(Dataset.Images images, int batchSize);

    /**
     * Has the method predict hidden patches of images by the weights as they are, in evaluation mode. What is hidden depends on the run's seed alone, so that it is the same at every call.
     *
     * @param images images, in the order of the dataset, with masks where the method takes them from the pipeline
     * @param user gets what becomes of each usable image
     * @throws UsageException where the method reconstructs nothing
     */
    void reconstruct(Dataset.Images images, Consumer<Restored> user);

    /**
     * Gives every image of the training set a label from the next batch on, {@link Dataset.Images#assignLabels}; to be called in {@link Hook#beforeTrain} or
     * {@link Hook#afterTrainEpoch}. Labels are no state of the run: whoever assigns them keeps them in its own, and assigns them again when a run is resumed.
     *
     * @param labels a label for every image in order, -1 for none
     */
    void assignLabels(int[] labels);

    /**
     * Has the coming epoch, or when a run is resumed the one that goes on, visit images of all labels equally often, {@link dev.selfsup.api.data.Sampler#uniform};
     * to be called where {@link #assignLabels} is. Later epochs are in the sampler's usual order again.
     *
     * @param labels label of every image in order, -1 for none
     * @param classes number of labels
     */
    void sampleUniformly(int[] labels, int classes);

    /** The samples of the last batch, with their transformed images. */
    List<Sample> samples();

    /**
     * Saves a checkpoint.
     *
     * @param tag name of its files: {@code epoch_N}, {@code iter_N} or {@code best_NAME}
     * @param optimizer whether the state of the optimizer is saved, without which a run cannot be resumed
     */
    void save(String tag, boolean optimizer);

    /** Removes a checkpoint, if there is one of that tag. */
    void remove(String tag);

    /** Removes all but the newest checkpoints; those called {@code best_NAME} stay. */
    void prune(int keep);
}
