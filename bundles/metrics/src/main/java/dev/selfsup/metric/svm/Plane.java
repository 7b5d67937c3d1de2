package dev.selfsup.metric.svm;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.Random;

/** A plane between images with a class and images without it: a linear support vector machine with squared hinge loss (LIBLINEAR, Fan et al., JMLR 2008). */
record Plane(double[] weights, double sign) {
    private static final double TOLERANCE = 1e-4;
    private static final int ITERATIONS = 2000;
    private static final double UNUSED = 0.1;
    /** Images with the class count twice. */
    private static final double[] FACTORS = {2, 1};
    private static final int[] LABELS = {1, -1};

    /**
     * Finds it.
     *
     * @param images which images to learn from
     * @param labels 1 or -1, by place in {@code images}
     * @param cost of an image on the wrong side
     */
    static Plane between(LabelledFeatures features, int[] images, int[] labels, double cost) {
        Linear.disableDebugOutput();
        Problem problem = new Problem();
        problem.l = images.length;
        problem.n = features.width();
        problem.bias = 1;
        problem.x = new Feature[images.length][];
        problem.y = new double[images.length];
        for (int i = 0; i < images.length; i++) {
            problem.x[i] = features.row(images[i]);
            problem.y[i] = labels[i];
        }
        Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, cost, TOLERANCE, ITERATIONS, UNUSED);
        parameter.setWeights(FACTORS.clone(), LABELS.clone());
        parameter.setRandom(new Random(0));
        Model model = Linear.train(problem, parameter);
        return new Plane(model.getFeatureWeights(), model.getLabels()[0]);
    }

    /** How far on the side of the class an image is. */
    double score(Feature[] row) {
        double sum = 0;
        for (Feature feature : row) {
            sum += weights[feature.getIndex() - 1] * feature.getValue();
        }
        return sign * sum;
    }
}
