package dev.selfsup.visualization;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A picture of curves, 1000 x 600, drawn without a display.
 *
 * <pre>{@code
 * new LinePlot("SimCLR", "iteration", "loss").smoothed("loss", x, y, 50).write(workDir.resolve("loss.png"));
 * new LinePlot("kNN accuracy", "epoch", "accuracy").line("trained", x, y).reference("raw pixels", 0.58).write(file);
 * }</pre>
 *
 * <p>Values that are not finite leave a gap. A plot without any finite value shows its empty axes.
 */
public final class LinePlot {
    /** Width in pixels. */
    public static final int WIDTH = 1000;
    /** Height in pixels. */
    public static final int HEIGHT = 600;

    private static final int FEW = 80;
    private static final int LEFT = 92;
    private static final int RIGHT = 36;
    private static final int TOP = 96;
    private static final int BOTTOM = 72;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Curve> curves = new ArrayList<>();

    private record Curve(String name, double[] x, double[] y, Color color, Style style) {}

    private enum Style { LINE, PALE, REFERENCE }

    /**
     * An empty plot.
     *
     * @param title what is shown
     * @param xLabel what runs to the right
     * @param yLabel what runs upwards
     */
    public LinePlot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a curve through the points (x, y), in the order given; few points are marked by dots. */
    public LinePlot line(String name, double[] x, double[] y) {
        return add(name, x, y, nextColor(), Style.LINE);
    }

    /**
     * Adds a pale curve and, over it, its moving average.
     *
     * @param name name of the average in the legend
     * @param window points averaged, half of them on each side; fewer near the ends
     */
    public LinePlot smoothed(String name, double[] x, double[] y, int window) {
        Color color = nextColor();
        add("", x, y, new Color(color.getRed(), color.getGreen(), color.getBlue(), 70), Style.PALE);
        return add(name, x, average(y, window), color, Style.LINE);
    }

    /** Adds a dashed horizontal line with its value in the legend. */
    public LinePlot reference(String name, double y) {
        String label = String.format(Locale.ROOT, "%s %.3f", name, y);
        return add(label, new double[0], new double[] {y}, nextColor(), Style.REFERENCE);
    }

    private LinePlot add(String name, double[] x, double[] y, Color color, Style style) {
        if (style != Style.REFERENCE && x.length != y.length) {
            throw new IllegalArgumentException(name + " has " + x.length + " x and " + y.length + " y");
        }
        curves.add(new Curve(name, x.clone(), y.clone(), color, style));
        return this;
    }

    private Color nextColor() {
        long named = curves.stream().filter(c -> c.style != Style.PALE).count();
        return Canvas.color((int) named);
    }

    /** The means of the finite values up to {@code window / 2} places around each; NaN where the value itself is not finite. */
    static double[] average(double[] values, int window) {
        double[] means = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            means[i] = Double.isFinite(values[i])
                    ? Arrays.stream(values, Math.max(0, i - window / 2), Math.min(values.length, i + window / 2 + 1))
                            .filter(Double::isFinite).average().orElseThrow()
                    : Double.NaN;
        }
        return means;
    }

    /**
     * Draws the plot into a PNG file, which is replaced at once: who looks at it never sees half a picture.
     *
     * @param png the file
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    public void write(Path png) throws IOException {
        new PngFile(png).write(this::draw);
    }

    /**
     * Draws plots one below the other into a PNG file.
     *
     * @param png the file
     * @throws IOException as {@link #write(Path)}
     */
    public static void write(Path png, List<LinePlot> plots) throws IOException {
        new PngFile(png).write(() -> {
            BufferedImage all = new BufferedImage(WIDTH, HEIGHT * plots.size(), BufferedImage.TYPE_INT_RGB);
            Graphics2D g = all.createGraphics();
            for (int i = 0; i < plots.size(); i++) {
                g.drawImage(plots.get(i).draw(), 0, i * HEIGHT, null);
            }
            g.dispose();
            return all;
        });
    }

    /** Draws the plot. */
    public BufferedImage draw() {
        Canvas canvas = new Canvas(WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM);
        double[] xs = curves.stream().flatMapToDouble(c -> Arrays.stream(c.x)).toArray();
        double[] ys = curves.stream().flatMapToDouble(c -> Arrays.stream(c.y)).toArray();
        Axis x = axis(xs, 10, false).whole(Arrays.stream(xs));
        Axis y = axis(ys, 6, true);
        canvas.down(y);
        canvas.across(x);
        canvas.frame();
        canvas.titles(title, xLabel, yLabel);
        legend(canvas);
        canvas.clip(5);
        curves.forEach(curve -> curve(canvas, curve, x, y));
        return canvas.finished();
    }

    private static Axis axis(double[] values, int marks, boolean padded) {
        var range = Arrays.stream(values).filter(Double::isFinite).summaryStatistics();
        return range.getCount() == 0 ? Axis.of(0, 1, marks, padded) : Axis.of(range.getMin(), range.getMax(), marks, padded);
    }

    private void legend(Canvas canvas) {
        Graphics2D g = canvas.graphics();
        double at = LEFT;
        for (Curve curve : curves) {
            if (curve.style != Style.PALE) {
                g.setColor(curve.color);
                g.setStroke(stroke(curve.style));
                g.draw(new Line2D.Double(at, 68, at + 26, 68));
                at += 34 + canvas.text(curve.name, at + 34, 73, 0, Canvas.INK) + 26;
            }
        }
    }

    private static void curve(Canvas canvas, Curve curve, Axis x, Axis y) {
        Graphics2D g = canvas.graphics();
        g.setColor(curve.color);
        g.setStroke(stroke(curve.style));
        if (curve.style == Style.REFERENCE) {
            g.draw(new Line2D.Double(LEFT, canvas.down(y, curve.y[0]), WIDTH - RIGHT, canvas.down(y, curve.y[0])));
            return;
        }
        Path2D path = new Path2D.Double();
        boolean gap = true;
        boolean dots = curve.style == Style.LINE && curve.x.length <= FEW;
        for (int i = 0; i < curve.x.length; i++) {
            if (!Double.isFinite(curve.x[i]) || !Double.isFinite(curve.y[i])) {
                gap = true;
                continue;
            }
            double across = canvas.across(x, curve.x[i]);
            double down = canvas.down(y, curve.y[i]);
            if (gap) {
                path.moveTo(across, down);
            } else {
                path.lineTo(across, down);
            }
            gap = false;
            if (dots) {
                g.fill(new Ellipse2D.Double(across - 3.5, down - 3.5, 7, 7));
            }
        }
        g.draw(path);
    }

    private static BasicStroke stroke(Style style) {
        return switch (style) {
            case LINE -> new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
            case PALE -> new BasicStroke(1.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
            case REFERENCE -> new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {7, 5}, 0);
        };
    }
}
