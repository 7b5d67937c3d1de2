package dev.selfsup.targetgenerator.hoggenerator;

/**
 * The angle of a vector, bit for bit as PyTorch's vector units have it, which compute it as SLEEF does (Shibata and Petrogalli 2020, {@code atan2f_u10},
 * <a href="https://arxiv.org/abs/2001.09258">arXiv:2001.09258</a>): at most a unit in the last place beside the nearest float. On the diagonals of an image,
 * where bins of orientation meet, that unit decides about the bin. A number with a {@code Rest} is the sum of the two.
 */
final class Arctangent {
    private static final float RIGHT = (float) (Math.PI / 2);
    private static final float RIGHT_REST = (float) (Math.PI / 2 - RIGHT);
    private static final float CUBE = -0.33333287f;
    private static final float[] HIGHER = {
        -0.0017639791f, 0.01079009f, -0.03095646f, 0.05773651f, -0.08389507f, 0.10946356f, -0.14262682f, 0.1999832f
    };

    private Arctangent() {}

    /** The angle between the direction of x and (x, y), in -pi to pi. */
    static float of(float y, float x) {
        if (y == 0 || x == 0) {
            return (float) Math.atan2(y, x);
        }
        boolean steep = Math.abs(x) < Math.abs(y);
        float right = (x < 0 ? -2 : 0) + (steep ? 1 : 0);
        float turned = steep ? fraction(-Math.abs(x), Math.abs(y), right) : fraction(Math.abs(y), Math.abs(x), right);
        return Math.copySign(turned, y);
    }

    /** The arctangent of n / d, of which |n| is at most d, plus some right angles. */
    private static float fraction(float n, float d, float right) {
        float inverse = 1 / d;
        float s = n * inverse;
        float sRest = Math.fma(s, Math.fma(-d, inverse, 1), Math.fma(inverse, n, -s));
        float product = s * s;
        float productRest = Math.fma(s + s, sRest, Math.fma(s, s, -product));
        float square = product + productRest;
        float squareRest = product - square + productRest;
        return series(s, sRest, square, squareRest, right);
    }

    private static float series(float s, float sRest, float square, float squareRest, float right) {
        float higher = HIGHER[0];
        for (int i = 1; i < HIGHER.length; i++) {
            higher = Math.fma(higher, square, HIGHER[i]);
        }
        higher *= square;
        float cube = CUBE + higher;
        float cubeRest = CUBE - cube + higher;
        float change = square * cube;
        float changeRest = Math.fma(square, cubeRest, Math.fma(squareRest, cube, Math.fma(square, cube, -change)));
        float factor = 1 + change;
        float factorRest = 1 - factor + change + changeRest;
        float angle = s * factor;
        float angleRest = Math.fma(s, factorRest, Math.fma(sRest, factor, Math.fma(s, factor, -angle)));
        float turn = RIGHT * right;
        float turnRest = Math.fma(RIGHT_REST, right, Math.fma(RIGHT, right, -turn));
        float sum = turn + angle;
        return sum + (turn - sum + angle + turnRest + angleRest);
    }
}
