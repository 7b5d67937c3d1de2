package dev.selfsup.metric.svm;

import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Linear classifiers of frozen features, one for each class, as PASCAL VOC 2007 is evaluated with (Goyal et al. 2019, <a href="https://arxiv.org/abs/1905.01235">arXiv:1905.01235</a>):
 * on all training images, where the cost of each class is chosen by the average precision of a 3-fold cross-validation; or on a few, for each number of which several samples are
 * drawn. The precision reported is that of the test images.
 *
 * @param costs to choose from
 */
public record LinearSvm(List<Double> costs) {
    private static final int FOLDS = 3;

    public LinearSvm {
        costs = List.copyOf(costs);
        if (costs.isEmpty() || costs.stream().anyMatch(cost -> !(cost > 0))) {
            throw new IllegalArgumentException("costs must be above 0, not " + costs);
        }
    }

    /** The costs of the protocol: some, and 2^-4 to 2^-19. */
    public static List<Double> protocol(List<Double> some) {
        return Stream.concat(some.stream(), IntStream.range(4, 20).mapToObj(power -> Math.pow(0.5, power))).toList();
    }

    /**
     * How well a class is told from the others.
     *
     * @param cost that was chosen
     * @param validated average precision in the cross-validation with it
     * @param precision average precision on the test images
     */
    public record ByClass(double cost, double validated, double precision) {}

    /**
     * Trains on all images.
     *
     * @param done told the number of classes that are done
     * @return by class; their mean is the mAP
     */
    public List<ByClass> full(LabelledFeatures train, LabelledFeatures test, IntConsumer done) {
        check(train, test, FOLDS);
        AtomicInteger count = new AtomicInteger();
        return IntStream.range(0, train.classes()).parallel().mapToObj(label -> {
            ByClass result = full(train, test, label);
            done.accept(count.incrementAndGet());
            return result;
        }).toList();
    }

    private ByClass full(LabelledFeatures train, LabelledFeatures test, int label) {
        int[] images = IntStream.range(0, train.size()).toArray();
        int[] labels = Arrays.stream(images).map(i -> train.target(i, label) == 1 ? 1 : -1).toArray();   // what is not told counts as not there, as in the reference
        int[] folds = Folds.of(labels, FOLDS);
        double best = Double.NEGATIVE_INFINITY;
        double chosen = costs.get(0);
        for (double cost : costs) {
            double validated = IntStream.range(0, FOLDS).mapToDouble(fold -> validated(train, images, labels, folds, fold, cost)).average().orElseThrow();
            if (validated > best) {
                best = validated;
                chosen = cost;
            }
        }
        return new ByClass(chosen, best, tested(Plane.between(train, images, labels, chosen), test, label));
    }

    private static double validated(LabelledFeatures train, int[] images, int[] labels, int[] folds, int fold, double cost) {
        int[] others = Arrays.stream(images).filter(i -> folds[i] != fold).toArray();
        Plane plane = Plane.between(train, others, Arrays.stream(others).map(i -> labels[i]).toArray(), cost);
        int[] held = Arrays.stream(images).filter(i -> folds[i] == fold).toArray();
        return AveragePrecision.mean(AveragePrecision.present(Arrays.stream(held).map(i -> labels[i]).toArray()),
                Arrays.stream(held).mapToDouble(i -> plane.score(train.row(i))).toArray());
    }

    private static double tested(Plane plane, LabelledFeatures test, int label) {
        int[] told = test.told(label);
        return AveragePrecision.interpolated(AveragePrecision.present(Arrays.stream(told).map(i -> test.target(i, label)).toArray()),
                Arrays.stream(told).mapToDouble(i -> plane.score(test.row(i))).toArray());
    }

    /**
     * How well classes are told apart with a few images of each.
     *
     * @param k images with the class; K - 1 times as many are without it
     * @param cost whose mean is greatest
     * @param mean of the mAP over samples
     * @param least mAP of a sample
     * @param greatest mAP of a sample
     * @param deviation of the mAP over samples
     */
    public record LowShot(int k, double cost, double mean, double least, double greatest, double deviation) {}

    /**
     * Trains on a few images.
     *
     * @param ks numbers of images with a class
     * @param samples how often images are drawn
     * @param seed of the drawing
     * @param done told the number of samples that are done
     * @return by k
     */
    public List<LowShot> lowShot(LabelledFeatures train, LabelledFeatures test, List<Integer> ks, int samples, long seed, IntConsumer done) {
        check(train, test, 1);
        AtomicInteger count = new AtomicInteger();
        return ks.stream().map(k -> {
            double[][] precisions = IntStream.range(0, samples).parallel().mapToObj(sample -> {
                double[] byCost = sample(train, test, k, seed, sample);
                done.accept(count.incrementAndGet());
                return byCost;
            }).toArray(double[][]::new);
            return summary(k, precisions);
        }).toList();
    }

    /** The mAP of a sample, by cost. */
    private double[] sample(LabelledFeatures train, LabelledFeatures test, int k, long seed, int sample) {
        double[] byCost = new double[costs.size()];
        for (int label = 0; label < train.classes(); label++) {
            SplittableRandom random = new SplittableRandom(((seed * 31 + sample) * 1009 + k) * 1009 + label);
            int[] with = drawn(train, label, 1, k, random);
            int[] without = drawn(train, label, 0, (train.classes() - 1) * k, random);
            int[] images = IntStream.concat(Arrays.stream(with), Arrays.stream(without)).sorted().toArray();
            int of = label;
            int[] labels = Arrays.stream(images).map(i -> train.target(i, of) == 1 ? 1 : -1).toArray();
            for (int c = 0; c < byCost.length; c++) {
                byCost[c] += tested(Plane.between(train, images, labels, costs.get(c)), test, label) / train.classes();
            }
        }
        return byCost;
    }

    private static int[] drawn(LabelledFeatures train, int label, int target, int count, SplittableRandom random) {
        int[] there = IntStream.range(0, train.size()).filter(i -> train.target(i, label) == target).toArray();
        if (there.length < count) {
            throw new UsageException("low-shot SVM: " + count + " training images " + (target == 1 ? "with" : "without") + " class " + label + " are wanted, but there are " + there.length
                    + "; leave out large values of --low-shot");
        }
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(there.length - i);
            int kept = there[i];
            there[i] = there[other];
            there[other] = kept;
        }
        return Arrays.copyOf(there, count);
    }

    private LowShot summary(int k, double[][] precisions) {
        int best = 0;
        for (int c = 1; c < costs.size(); c++) {
            best = mean(precisions, c) > mean(precisions, best) ? c : best;
        }
        int chosen = best;
        double mean = mean(precisions, chosen);
        double[] all = Arrays.stream(precisions).mapToDouble(sample -> sample[chosen]).toArray();
        double deviation = Math.sqrt(DoubleStream.of(all).map(value -> (value - mean) * (value - mean)).average().orElseThrow());
        return new LowShot(k, costs.get(chosen), mean, DoubleStream.of(all).min().orElseThrow(), DoubleStream.of(all).max().orElseThrow(), deviation);
    }

    private static double mean(double[][] precisions, int cost) {
        return Arrays.stream(precisions).mapToDouble(sample -> sample[cost]).average().orElseThrow();
    }

    private static void check(LabelledFeatures train, LabelledFeatures test, int least) {
        if (train.classes() != test.classes() || train.width() != test.width()) {
            throw new UsageException("training images have " + train.classes() + " classes, test images " + test.classes() + ": both must have the same");
        }
        for (int label = 0; label < train.classes(); label++) {
            int of = label;
            long with = IntStream.range(0, train.size()).filter(i -> train.target(i, of) == 1).count();
            if (with < least || train.size() - with < least || IntStream.range(0, test.size()).noneMatch(i -> test.target(i, of) == 1)) {
                throw new UsageException("class " + label + " is in " + with + " of " + train.size() + " training images: an SVM needs at least " + least
                        + " with and without it, and one test image with it");
            }
        }
    }
}
