package dev.selfsup.metric.svm;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One linear classifier of frozen features for all classes, of images with one class each: a plane for each class, to that of which that gives it most an image belongs (LIBLINEAR,
 * squared hinge loss). All planes have the same cost, that with the greatest accuracy in a 3-fold cross-validation: unlike those of {@link LinearSvm} they can be compared.
 *
 * @param costs to choose from
 */
public record LinearProbe(List<Double> costs) {
    private static final int FOLDS = 3;
    private static final double TOLERANCE = 0.01;

    public LinearProbe {
        costs = List.copyOf(costs);
    }

    /**
     * What came out.
     *
     * @param cost that was chosen
     * @param validated accuracy in the cross-validation with it
     * @param accuracy share of the test images whose class is found
     */
    public record Result(double cost, double validated, double accuracy) {}

    /** Whether all images have exactly one class. */
    public static boolean fits(LabelledFeatures train, LabelledFeatures test) {
        return train.oneClassEach() && test.oneClassEach();
    }

    /** Learns from some images and classifies others; both must {@link #fits fit}. */
    public Result of(LabelledFeatures train, LabelledFeatures test) {
        Linear.disableDebugOutput();
        int[] folds = Folds.of(IntStream.range(0, train.size()).map(train::label).toArray(), FOLDS);
        double[] validated = costs.stream().parallel().mapToDouble(cost -> validated(train, folds, cost)).toArray();
        int best = IntStream.range(0, validated.length).boxed().max(Comparator.comparingDouble((Integer i) -> validated[i]).thenComparing(Comparator.reverseOrder())).orElseThrow();
        return new Result(costs.get(best), validated[best], accuracy(learnt(train, all(train), costs.get(best)), test, all(test)));
    }

    private static int[] all(LabelledFeatures images) {
        return IntStream.range(0, images.size()).toArray();
    }

    private static double validated(LabelledFeatures train, int[] folds, double cost) {
        return IntStream.range(0, FOLDS).mapToDouble(fold -> {
            Model model = learnt(train, IntStream.range(0, folds.length).filter(i -> folds[i] != fold).toArray(), cost);
            return accuracy(model, train, IntStream.range(0, folds.length).filter(i -> folds[i] == fold).toArray());
        }).average().orElseThrow();
    }

    private static Model learnt(LabelledFeatures train, int[] images, double cost) {
        Problem problem = new Problem();
        problem.l = images.length;
        problem.n = train.width();
        problem.bias = 1;
        problem.x = IntStream.of(images).mapToObj(train::row).toArray(Feature[][]::new);
        problem.y = IntStream.of(images).mapToDouble(train::label).toArray();
        return Linear.train(problem, new Parameter(SolverType.L2R_L2LOSS_SVC, cost, TOLERANCE));
    }

    private static double accuracy(Model model, LabelledFeatures images, int[] which) {
        return IntStream.of(which).filter(i -> Linear.predict(model, images.row(i)) == images.label(i)).count() / (double) which.length;
    }
}
