package dev.selfsup.metric.svm;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Areas under precision-recall curves. Images are ranked by score; of equal scores the later image comes first, as where NumPy sorts and turns round. */
final class AveragePrecision {
    private AveragePrecision() {}

    /**
     * The area under the curve whose precision is, at each recall, the greatest at that or a greater one: what VOC has measured since 2010, and the reference for VOC 2007.
     *
     * @param present whether the class is there, by image
     * @return NaN where it is nowhere
     */
    static double interpolated(boolean[] present, double[] scores) {
        int[] ranked = ranked(scores);
        double[] precision = new double[ranked.length];
        int right = 0;
        for (int i = 0; i < ranked.length; i++) {
            right += present[ranked[i]] ? 1 : 0;
            precision[i] = right / (i + 1.0);
        }
        double area = 0;
        double greatest = 0;
        for (int i = ranked.length - 1; i >= 0; i--) {
            greatest = Math.max(greatest, precision[i]);
            area += present[ranked[i]] ? greatest : 0;
        }
        return area / right;
    }

    /**
     * The mean of the precisions at each image of the class, images of equal scores being taken together: what scikit-learn calls {@code average_precision}.
     *
     * @return NaN where the class is nowhere
     */
    static double mean(boolean[] present, double[] scores) {
        int[] ranked = ranked(scores);
        double area = 0;
        int right = 0;
        for (int start = 0; start < ranked.length;) {
            int end = start;
            int before = right;
            while (end < ranked.length && scores[ranked[end]] == scores[ranked[start]]) {
                right += present[ranked[end++]] ? 1 : 0;
            }
            area += (right - before) * (right / (double) end);
            start = end;
        }
        return area / right;
    }

    private static int[] ranked(double... scores) {
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.<Integer>comparingDouble(i -> scores[i]).thenComparing(Comparator.naturalOrder()).reversed())
                .mapToInt(Integer::intValue).toArray();
    }

    /** Images of which it is told whether a class is there. */
    static boolean[] present(int... targets) {
        boolean[] present = new boolean[targets.length];
        for (int i = 0; i < targets.length; i++) {
            present[i] = targets[i] > 0;
        }
        return present;
    }
}
